// python_calls.h: what a call into Python needs: arrays, the log, the user who may stop it, and its exceptions.
#ifndef SHOAL_PLUGINS_PYTHON_CALLS_H_
#define SHOAL_PLUGINS_PYTHON_CALLS_H_

#include <functional>
#include <string>

#include "python_interpreter.h"
#include "shoal/array.h"
#include "shoal/context.h"
#include "shoal/free_value.h"

/// `view` as a NumPy array that looks at the same memory and cannot write there; valid as long as `view` is.
/// By Python's buffers, not by pybind11's numpy.h: that reads NumPy's own structs, and those of NumPy 2 have another
/// layout than Debian's pybind11 knows. The caller holds the GIL, as for all that follows but run_interruptibly.
py::object as_numpy(shoal::ConstArray view);

/// The same, and Python may write there.
py::object as_writable_numpy(shoal::MutableArray view);

/// The value of a free parameter: a dict, a list, a str, an int, a float, a bool or None.
py::dict as_python(const shoal::FreeMap& map);

/// A copy of an array of Python's: float32, float64, uint8 or int64, in C order.
shoal::Array take_array(const shoal::Context& context, const py::object& from);

/// A function that Python calls with a level and a line. It refers to `context`.
py::cpp_function log_to(const shoal::Context& context);

/// Throws what `error` is to Shoal, its message in one line; `who` threw it.
/// Throws InputError   for shoal_python's WrongInput
///        Unsupported  for its Missing
///        Error        for its BrokenContract; for any other, as "`who` threw ValueError: …"
[[noreturn]] void rethrow_python(py::error_already_set& error, const std::string& who);

/// Runs `body`, which enters Python, on a thread of its own, with the GIL held, and asks the user meanwhile by `ask`,
/// which throws where the run is stopped (left out: by progress that is not known). Python's code is then interrupted
/// at the next step that Python itself makes, so not within a long call of a library's C code. Throws what `ask` threw,
/// else what `body` did.
void run_interruptibly(const shoal::Context& context, const std::function<void()>& body,
                       const std::function<void()>& ask = {});

#endif  // SHOAL_PLUGINS_PYTHON_CALLS_H_
