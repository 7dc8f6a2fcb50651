// shoal/clusterer.h: the kind "clusterer". Portable: no LibTorch behind it.
#ifndef SHOAL_CLUSTERER_H_
#define SHOAL_CLUSTERER_H_

#include <cstdint>
#include <optional>

#include "shoal/component.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// What a clusterer is fitted to.
struct FitInput {
  ConstArray features;                     ///< (N, D) float32, float64 or uint8, rows may be strided
  std::optional<ConstArray> weights = {};  ///< (N) float64, ≥ 0; absent, all are 1. Only with trait `input:weights`
  std::optional<ConstArray> init = {};     ///< (K, D) initial centroids; absent, the clusterer chooses. `input:init`
};

/// A grouping of N examples into K clusters.
struct Clustering {
  Array labels;                         ///< (N) int64, each in [0, K); −1 is noise, only with trait `noise`
  std::optional<Array> centroids = {};  ///< (K, D) float32 or float64; absent where a method has none
  std::int64_t clusters = 0;            ///< K, also where there are no centroids
  std::int64_t iterations = 0;          ///< passes over the features; −1: not known
  bool converged = true;                ///< false: stopped by a limit, not by its own criterion
  /// Of the time in fit, what went into another form of the features and of the results, for a library behind the
  /// clusterer: `fit_seconds` is without it. At least 0, at most the whole.
  double convert_seconds = 0;
};

/// Groups examples by their features alone; it never sees their true labels.
///
/// Order    fit, then predict as often as wanted. A second fit forgets the first.
/// Threads  predict may run on several threads at once, fit may not; both work on the host's pool alone.
/// Purity   arguments are read-only; chance comes from context.random() alone.
/// Source   names and meanings are scikit-learn's: Pedregosa et al., JMLR 12 (2011) 2825–2830.
class Clusterer : public Component {
 public:
  static constexpr const char* kKind = "clusterer";

  /// Finds clusters.
  /// Throws InputError  N < K, wrong rank or dtype, or a NaN or infinity (its row and column are named)
  ///        Cancelled   the user stopped the run; the clusterer is as it was before the call
  virtual Clustering fit(Context& context, const FitInput& input) = 0;

  /// Writes the labels (M) int64 of the centroids nearest to `features` (M, D). The lowest label wins a tie.
  /// Throws StateError   before fit
  ///        InputError   D is not the fitted D (both are named)
  ///        Unsupported  the method has no labels for new examples
  virtual void predict(Context& context, ConstArray features, MutableArray labels) const = 0;

  using Interfaces = InterfaceList<Clusterer, class PartialFit, Stateful>;
};

/// A clusterer that also learns from a stream. Deriving from this *is* the trait `partial_fit`; nothing repeats it.
class PartialFit {
 public:
  virtual ~PartialFit() = default;
  /// Learns from one batch (B, D), B ≥ 1. The first batch fixes D and the initial centroids.
  virtual void partial_fit(Context& context, ConstArray batch) = 0;
};

/// A clusterer behind a C table, checked on both sides: what is wrong with the input never reaches it, and what it
/// returns is held to the contract above.
class ClustererProxy final : public Clusterer {
 public:
  explicit ClustererProxy(Object object) : object_(object), table_(object.get<shoal_clusterer_1>("clusterer/1")) {}

  Clustering fit(Context& context, const FitInput& input) override {
    require_features(context, input.features);
    detail::require_dtype(object_, input.features);
    const shoal_array features = input.features.c_array();
    shoal_array weights{};
    shoal_array init{};
    if (input.weights) {
      require(object_.has_trait("input:weights"), "{} takes no weights", object_.id());
      require(input.weights->rank() == 1 && input.weights->rows() == input.features.rows() &&
                  input.weights->dtype() == DType::kFloat64,
              "weights must be ({}) float64, but are {} {}", input.features.rows(), to_string(input.weights->shape()),
              name(input.weights->dtype()));
      weights = input.weights->c_array();
    }
    if (input.init) {
      require(object_.has_trait("input:init"), "{} takes no initial centroids", object_.id());
      require_features(context, *input.init, {.min_rows = 1, .cols = input.features.cols()});
      init = input.init->c_array();
    }
    const shoal_fit_input in = {sizeof(shoal_fit_input), &features, input.weights ? &weights : nullptr,
                                input.init ? &init : nullptr};
    shoal_clustering out{};
    out.size = sizeof(shoal_clustering);
    const int status = table_->fit(object_.self(), context.c_context(), &in, &out);
    Array labels(out.labels);
    Array centroids(out.centroids);
    detail::check_status(context.c_context(), status);
    check(input, labels, centroids, out.clusters);
    Clustering result{.labels = std::move(labels),
                      .clusters = out.clusters,
                      .iterations = out.iterations,
                      .converged = out.converged != 0,
                      .convert_seconds = out.convert_seconds};
    if (centroids) result.centroids = std::move(centroids);
    return result;
  }

  void predict(Context& context, ConstArray features, MutableArray labels) const override {
    require_features(context, features);
    detail::require_dtype(object_, features);
    require(labels.rank() == 1 && labels.rows() == features.rows() && labels.dtype() == DType::kInt64,
            "labels must be ({}) int64", features.rows());
    const shoal_array in = features.c_array();
    const shoal_array out = labels.c_array();
    detail::check_status(context.c_context(), table_->predict(object_.self(), context.c_context(), &in, &out));
  }
  /// Whether it is a PartialFit too.
  bool has_partial_fit() const { return object_.find<shoal_partial_fit_1>("partial-fit/1") != nullptr; }
  /// Throws Unsupported where the clusterer cannot.
  void partial_fit(Context& context, ConstArray batch) {
    require_features(context, batch);
    detail::require_dtype(object_, batch);
    const shoal_array in = batch.c_array();
    const auto* table = object_.get<shoal_partial_fit_1>("partial-fit/1");
    detail::check_status(context.c_context(), table->partial_fit(object_.self(), context.c_context(), &in));
  }

 private:
  void check(const FitInput& input, const Array& labels, const Array& centroids, std::int64_t clusters) const {
    const auto broken = [&](const std::string& what) {
      throw Error(SHOAL_E_FAILED, text("{} broke its contract: {}", object_.id(), what));
    };
    const Index n = input.features.rows();
    if (!labels) broken("it returned no labels");
    const ConstArray l = labels.view();
    if (l.dtype() != DType::kInt64 || l.rank() != 1 || l.rows() != n)
      broken(text("it returned labels {} {}, expected ({}) int64", name(l.dtype()), to_string(l.shape()), n));
    const std::int64_t least = object_.has_trait("noise") ? -1 : 0;
    for (const std::int64_t label : l.vector<std::int64_t>())
      if (label < least || label >= clusters)
        broken(text("it returned label {}, but there are {} clusters", label, clusters));
    if (!centroids) return;
    const ConstArray c = centroids.view();
    if (c.rank() != 2 || c.rows() != clusters || c.cols() != input.features.cols())
      broken(
          text("it returned centroids {}, expected ({}, {})", to_string(c.shape()), clusters, input.features.cols()));
    try {
      require_features(c);
    } catch (const InputError& error) {
      broken(text("among its centroids, {}", error.what()));
    }
  }

  Object object_;
  const shoal_clusterer_1* table_;
};

namespace detail {

template <>
struct Bridge<Clusterer> {
  static constexpr const char* kId = "clusterer/1";
  template <typename T>
  static const shoal_clusterer_1* table() {
    static constexpr shoal_clusterer_1 table = {sizeof(shoal_clusterer_1), &fit<T>, &predict<T>};
    return &table;
  }

 private:
  template <typename T>
  static int fit(void* self, const shoal_context* context, const shoal_fit_input* in, shoal_clustering* out) {
    return guarded(context, [&] {
      FitInput input{.features = ConstArray(*in->features)};
      if (in->weights != nullptr) input.weights = ConstArray(*in->weights);
      if (in->init != nullptr) input.init = ConstArray(*in->init);
      Context c(context);
      Clustering found = static_cast<T*>(self)->fit(c, input);
      out->converged = found.converged ? 1 : 0;
      out->iterations = found.iterations;
      out->clusters = found.clusters;
      out->labels = found.labels.release();
      out->centroids = found.centroids ? found.centroids->release() : nullptr;
      if (SHOAL_HAS(out, convert_seconds)) out->convert_seconds = found.convert_seconds;
    });
  }
  template <typename T>
  static int predict(const void* self, const shoal_context* context, const shoal_array* features,
                     const shoal_array* labels) {
    return guarded(context, [&] {
      Context c(context);
      static_cast<const T*>(self)->predict(c, ConstArray(*features), MutableArray(*labels));
    });
  }
};

template <>
struct Bridge<PartialFit> {
  static constexpr const char* kId = "partial-fit/1";
  template <typename T>
  static const shoal_partial_fit_1* table() {
    static constexpr shoal_partial_fit_1 table = {
        sizeof(shoal_partial_fit_1), [](void* self, const shoal_context* context, const shoal_array* batch) {
          return guarded(context, [&] {
            Context c(context);
            static_cast<T*>(self)->partial_fit(c, ConstArray(*batch));
          });
        }};
    return &table;
  }
};

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_CLUSTERER_H_
