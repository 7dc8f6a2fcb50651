// The one Python interpreter of the process: which python it borrows its packages from, and how it is entered.
#ifndef SHOAL_PLUGINS_PYTHON_INTERPRETER_H_
#define SHOAL_PLUGINS_PYTHON_INTERPRETER_H_

#include <pybind11/embed.h>
#include <pybind11/stl.h>

#include <filesystem>
#include <string>
#include <vector>

#include "shoal/context.h"

namespace py = pybind11;

/// A python whose packages are borrowed.
struct ChosenPython {
  std::filesystem::path program;
  std::string why;                           ///< "SHOAL_PYTHON", "VIRTUAL_ENV", "beside Shoal", "on PATH"
  std::string version;                       ///< "3.11"
  std::vector<std::string> package_folders;  ///< its site-packages
};

/// The first there is of: $SHOAL_PYTHON (a program, or the folder of a virtual environment), $VIRTUAL_ENV, a .venv in a
/// folder above the file of the plugin that asks, python3 on PATH.
/// Throws InputError  SHOAL_PYTHON is neither; there is none at all; it does not run
ChosenPython choose_python();

/// Has the interpreter run, with runtime.py in it as the module `shoal_python`. The first call of a process starts it,
/// whichever plugin makes it; it never ends, as many libraries do not survive that. The caller needs not hold the GIL,
/// and does not hold it afterwards.
/// Throws Unsupported  the chosen python is of another minor version than the one embedded: its packages cannot be
///                     loaded
///        InputError   as choose_python
///        Error        another plugin of the process has another runtime.py
/// A failed start is not tried again and says the same each time.
void start_python(const shoal::Context& context);

/// runtime.py as a module: exceptions, Call, Folders, require_module. The caller holds the GIL, after start_python.
py::module_ runtime();

/// A plugin's own code as the module `name`; the first call runs it. The caller holds the GIL, after start_python.
py::module_ python_script(const char* name, const char* source);

#endif  // SHOAL_PLUGINS_PYTHON_INTERPRETER_H_
