#include "estimator.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <initializer_list>

#include "bridge.h"
#include "python_calls.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::text;

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
      rethrow_python(error, spec.path);
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
      rethrow_python(error, spec_.path);
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
