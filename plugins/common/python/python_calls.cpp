#include "python_calls.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using shoal::ConstArray;
using shoal::DType;
using shoal::Index;
using shoal::text;

const char* format_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "f";
    case DType::kFloat64: return "d";
    case DType::kUInt8: return "B";
    default: return "q";
  }
}

py::object numpy_of(void* bytes, ConstArray view, bool readonly) {
  const auto size = static_cast<py::ssize_t>(shoal::bytes_of(view.dtype()));
  std::vector<py::ssize_t> shape, strides;
  for (int axis = 0; axis < view.rank(); ++axis) {
    shape.push_back(view.shape()[static_cast<std::size_t>(axis)]);
    strides.push_back(view.stride(axis) * size);
  }
  const auto memory =
      py::memoryview::from_buffer(bytes, size, format_of(view.dtype()), std::move(shape), std::move(strides), readonly);
  return py::module_::import("numpy").attr("asarray")(memory);
}

py::object as_python_value(const shoal::FreeValue& value) {
  if (const auto* flag = value.get_if<bool>()) return py::bool_(*flag);
  if (const auto* integer = value.get_if<std::int64_t>()) return py::int_(*integer);
  if (const auto* real = value.get_if<double>()) return py::float_(*real);
  if (const auto* string = value.get_if<std::string>()) return py::str(*string);
  if (const auto* map = value.get_if<shoal::FreeMap>()) return as_python(*map);
  if (const auto* list = value.get_if<shoal::FreeList>()) {
    py::list out;
    for (const shoal::FreeValue& item : *list) out.append(as_python_value(item));
    return out;
  }
  return py::none();
}

std::string in_one_line(const std::string& message) {
  std::string out;
  for (const char c : message) {
    if (c != '\n' && c != '\r') out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

py::object as_numpy(ConstArray view) { return numpy_of(const_cast<void*>(view.bytes()), view, /*readonly=*/true); }

py::object as_writable_numpy(shoal::MutableArray view) { return numpy_of(view.bytes(), view, /*readonly=*/false); }

py::dict as_python(const shoal::FreeMap& map) {
  py::dict out;
  for (const shoal::FreeEntry& entry : map.entries) out[py::str(entry.name)] = as_python_value(entry.value);
  return out;
}

shoal::Array take_array(const shoal::Context& context, const py::object& from) {
  const py::buffer_info info = py::buffer(from).request();
  const std::vector<Index> shape(info.shape.begin(), info.shape.end());
  const auto copy = [&]<typename Scalar>(Scalar) {
    return context.copy(ConstArray(static_cast<const Scalar*>(info.ptr), shape));
  };
  if (info.format == "f") return copy(float{});
  if (info.format == "d") return copy(double{});
  if (info.format == "B") return copy(std::uint8_t{});
  return copy(std::int64_t{});
}

py::cpp_function log_to(const shoal::Context& context) {
  return py::cpp_function([&context](const std::string& level, const std::string& line) {
    const bool info = level == "info";
    context.log(info                 ? shoal::Level::kInfo
                : level == "warning" ? shoal::Level::kWarning
                                     : shoal::Level::kDebug,
                "{}", line);
  });
}

void rethrow_python(py::error_already_set& error, const std::string& who) {
  const std::string message = in_one_line(py::str(error.value()));
  const py::module_ shared = runtime();
  if (error.matches(shared.attr("WrongInput"))) throw shoal::InputError(message);
  if (error.matches(shared.attr("Missing"))) throw shoal::Unsupported(message);
  if (error.matches(shared.attr("BrokenContract"))) throw shoal::Error(SHOAL_E_FAILED, message);
  const std::string type = py::str(error.type().attr("__name__"));
  throw shoal::Error(SHOAL_E_FAILED, text(message.empty() ? "{} threw {}" : "{} threw {}: {}", who, type, message));
}

void run_interruptibly(const shoal::Context& context, const std::function<void()>& body,
                       const std::function<void()>& ask) {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  std::exception_ptr thrown;
  std::atomic<unsigned long> python_thread{0};
  std::thread worker([&] {
    try {
      const py::gil_scoped_acquire gil;
      python_thread = PyThread_get_thread_ident();
      body();
    } catch (...) {
      thrown = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    done = true;
    finished.notify_all();
  });
  std::exception_ptr stopped;
  std::unique_lock lock(mutex);
  while (!finished.wait_for(lock, std::chrono::milliseconds(100), [&] { return done; })) {
    lock.unlock();
    try {
      if (!stopped && ask) ask();
      else if (!stopped) context.progress(0, 0);
    } catch (...) {
      stopped = std::current_exception();
      const py::gil_scoped_acquire gil;
      if (python_thread != 0) PyThreadState_SetAsyncExc(python_thread, PyExc_KeyboardInterrupt);
    }
    lock.lock();
  }
  lock.unlock();
  worker.join();
  if (stopped) std::rethrow_exception(stopped);
  if (thrown) std::rethrow_exception(thrown);
}
