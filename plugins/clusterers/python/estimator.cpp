#include "estimator.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <initializer_list>
#include <thread>

#include "interpreter.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::text;

/// `view` as a NumPy array that looks at the same memory and cannot write there; valid as long as `view` is.
/// By Python's buffers, not by pybind11's numpy.h: that reads NumPy's own structs, and those of NumPy 2 have another
/// layout than Debian's pybind11 knows.
py::object as_numpy(ConstArray view) {
  const auto bytes = static_cast<py::ssize_t>(shoal::bytes_of(view.dtype()));
  const char* format = view.dtype() == shoal::DType::kFloat32   ? "f"
                       : view.dtype() == shoal::DType::kFloat64 ? "d"
                       : view.dtype() == shoal::DType::kUInt8   ? "B"
                                                                : "q";
  std::vector<py::ssize_t> shape, strides;
  for (int axis = 0; axis < view.rank(); ++axis) {
    shape.push_back(view.shape()[static_cast<std::size_t>(axis)]);
    strides.push_back(view.stride(axis) * bytes);
  }
  const auto memory = py::memoryview::from_buffer(const_cast<void*>(view.bytes()), bytes, format, std::move(shape),
                                                  std::move(strides), /*readonly=*/true);
  return py::module_::import("numpy").attr("asarray")(memory);
}

py::object as_python(const shoal::FreeValue& value);

py::dict as_python(const shoal::FreeMap& map) {
  py::dict out;
  for (const shoal::FreeEntry& entry : map.entries) out[py::str(entry.name)] = as_python(entry.value);
  return out;
}

py::object as_python(const shoal::FreeValue& value) {
  if (const auto* flag = value.get_if<bool>()) return py::bool_(*flag);
  if (const auto* integer = value.get_if<std::int64_t>()) return py::int_(*integer);
  if (const auto* real = value.get_if<double>()) return py::float_(*real);
  if (const auto* string = value.get_if<std::string>()) return py::str(*string);
  if (const auto* map = value.get_if<shoal::FreeMap>()) return as_python(*map);
  if (const auto* list = value.get_if<shoal::FreeList>()) {
    py::list out;
    for (const shoal::FreeValue& item : *list) out.append(as_python(item));
    return out;
  }
  return py::none();
}

/// A function that Python calls with a level and a line.
py::cpp_function log_to(const shoal::Context& context) {
  return py::cpp_function([&context](const std::string& level, const std::string& line) {
    const bool info = level == "info";
    context.log(info                 ? shoal::Level::kInfo
                : level == "warning" ? shoal::Level::kWarning
                                     : shoal::Level::kDebug,
                "{}", line);
  });
}

std::string in_one_line(std::string message) {
  std::string out;
  for (const char c : message) {
    if (c != '\n' && c != '\r') out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Throws what `error` is to Shoal. Holds the GIL.
[[noreturn]] void rethrow(py::error_already_set& error, const std::string& path) {
  const std::string message = in_one_line(py::str(error.value()));
  if (error.matches(bridge().attr("WrongInput"))) throw shoal::InputError(message);
  if (error.matches(bridge().attr("Missing"))) throw shoal::Unsupported(message);
  if (error.matches(bridge().attr("BrokenContract"))) throw shoal::Error(SHOAL_E_FAILED, message);
  const std::string type = py::str(error.type().attr("__name__"));
  throw shoal::Error(SHOAL_E_FAILED, text(message.empty() ? "{} threw {}" : "{} threw {}: {}", path, type, message));
}

/// Runs `body`, which enters Python, on a thread of its own, and asks the user meanwhile; who stops the run interrupts
/// Python's code there.
template <typename Body>
void run_interruptibly(const shoal::Context& context, Body&& body) {
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
      if (!stopped) context.progress(0, 0);
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

/// A copy of an array that bridge.py made: float32, float64 or int64, in C order.
shoal::Array take_array(const shoal::Context& context, const py::object& from) {
  const py::buffer_info info = py::buffer(from).request();
  const std::vector<Index> shape(info.shape.begin(), info.shape.end());
  const auto copy = [&]<typename Scalar>(Scalar) {
    return context.copy(ConstArray(static_cast<const Scalar*>(info.ptr), shape));
  };
  if (info.format == "f") return copy(float{});
  if (info.format == "d") return copy(double{});
  return copy(std::int64_t{});
}

/// Checks what Python cannot know: which labels there may be.
void require_labels(const std::string& path, std::span<const std::int64_t> labels, std::int64_t clusters) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < -1 || labels[i] >= clusters)
      throw shoal::Error(SHOAL_E_FAILED, text("{} returned label {} at row {}, but there are {} clusters", path,
                                              labels[i], i, clusters));
}

void warn_of_unused(const shoal::Context& context, std::span<const std::int64_t> labels, std::int64_t clusters) {
  std::vector<bool> used(static_cast<std::size_t>(clusters), false);
  for (const std::int64_t label : labels)
    if (label >= 0) used[static_cast<std::size_t>(label)] = true;
  const auto count = std::count(used.begin(), used.end(), true);
  if (count < clusters)
    context.log(shoal::Level::kWarning, "{} of the {} clusters have no example", clusters - count, clusters);
}

}  // namespace

struct Estimator::Fitted {
  py::object estimator;  // null: it keeps views of features that were lent to it, and cannot outlive them
  Index cols;

  Fitted(py::object made, Index columns) : estimator(std::move(made)), cols(columns) {}
  Fitted(const Fitted&) = delete;
  Fitted& operator=(const Fitted&) = delete;
  ~Fitted() {
    const py::gil_scoped_acquire gil;
    estimator = py::object();
  }

  /// Holds the GIL.
  void predict(const EstimatorSpec& spec, const shoal::Context& context, const py::object& features,
               std::span<std::int64_t> labels) const {
    try {
      const py::object found = bridge().attr("predict")(spec.path, estimator, spec.dtypes, spec.module_folders,
                                                        features, context.threads(), log_to(context));
      const py::buffer_info info = py::buffer(found).request();
      const auto* from = static_cast<const std::int64_t*>(info.ptr);
      std::copy(from, from + info.size, labels.begin());
    } catch (py::error_already_set& error) {
      rethrow(error, spec.path);
    }
  }

  /// Lets go of the estimator where something within it looks at the memory of `views`, which is only lent: where there
  /// are more references than the caller's and the list's. Holds the GIL.
  void let_go_if_kept(std::initializer_list<py::object> views) {
    const auto kept = [&] {
      return std::any_of(views.begin(), views.end(),
                         [](const py::object& v) { return !v.is_none() && v.ref_count() > 2; });
    };
    if (kept()) py::module_::import("gc").attr("collect")();
    if (kept()) estimator = py::object();
  }
};

Estimator::Estimator(EstimatorSpec spec) : spec_(std::move(spec)) {}
Estimator::~Estimator() = default;
Estimator::Estimator(Estimator&&) noexcept = default;
Estimator& Estimator::operator=(Estimator&&) noexcept = default;

shoal::Clustering Estimator::fit(shoal::Context& context, const shoal::FitInput& input) {
  const auto begin = std::chrono::steady_clock::now();
  start_python(context);
  // 31 bits: what both NumPy and C libraries take.
  const auto seed = static_cast<std::int64_t>(context.random("random_state")() >> 33);
  const int threads = context.threads();
  shoal::Clustering out;
  std::unique_ptr<Fitted> fitted;
  double fit_seconds = 0;
  run_interruptibly(context, [&] {
    try {
      bridge().attr("require_module")("numpy");
      const py::object features = as_numpy(input.features);
      const py::object weights = input.weights ? as_numpy(*input.weights) : py::none();
      const py::object init = input.init ? as_numpy(*input.init) : py::none();
      const py::dict found =
          bridge().attr("fit")(spec_.path, spec_.k, as_python(spec_.params), spec_.dtypes, spec_.module_folders,
                               features, weights, init, seed, threads, log_to(context));
      out.labels = take_array(context, found["labels"]);
      if (!found["centroids"].is_none()) out.centroids = take_array(context, found["centroids"]);
      out.iterations = found["iterations"].cast<std::int64_t>();
      out.converged = found["converged"].cast<bool>();
      fit_seconds = found["seconds"].cast<double>();
      py::object estimator = found["estimator"];
      found.attr("clear")();
      fitted = std::make_unique<Fitted>(std::move(estimator), input.features.cols());
      fitted->let_go_if_kept({features, weights, init});
    } catch (py::error_already_set& error) {
      rethrow(error, spec_.path);
    }
  });
  const auto labels = out.labels.view().vector<std::int64_t>();
  const std::int64_t most = labels.empty() ? -1 : *std::max_element(labels.begin(), labels.end());
  out.clusters = out.centroids ? out.centroids->view().rows() : spec_.k.value_or(most + 1);
  require_labels(spec_.path, labels, out.clusters);
  if (spec_.k && out.clusters != *spec_.k)
    context.log(shoal::Level::kWarning, "k is {}, but {} returned {} clusters", *spec_.k, spec_.path, out.clusters);
  warn_of_unused(context, labels, out.clusters);
  fitted_ = std::move(fitted);
  const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  out.convert_seconds = std::max(0.0, whole - fit_seconds);
  return out;
}

void Estimator::predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const {
  if (!fitted_) throw shoal::StateError(text("{} is asked for labels before it is fitted", spec_.path));
  shoal::require_feature_shape(features, {.cols = fitted_->cols});
  const py::gil_scoped_acquire gil;
  if (!fitted_->estimator)
    throw shoal::Unsupported(
        text("{} has no labels for new examples: it keeps views of the features that were lent to it, which are gone "
             "by now",
             spec_.path));
  const py::object view = as_numpy(features);
  std::exception_ptr thrown;
  try {
    fitted_->predict(spec_, context, view, labels.vector<std::int64_t>());
  } catch (...) {
    thrown = std::current_exception();
  }
  fitted_->let_go_if_kept({view});  // now that no frame of an error's traceback refers to it
  if (thrown) std::rethrow_exception(thrown);
}
