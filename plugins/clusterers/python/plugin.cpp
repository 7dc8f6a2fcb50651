// clusterer/python: any estimator with scikit-learn's interface; and well-known ones with parameters of their own.
#include "shoal/plugin.h"

#include "adapters.h"
#include "arguments.h"
#include "estimator.h"

namespace {

struct PythonParams {
  std::string estimator;
  std::optional<std::int64_t> k;
  shoal::FreeMap params;
  std::vector<std::string> path;

  static void describe(shoal::Schema<PythonParams>& schema) {
    schema.field("estimator", &PythonParams::estimator, "import path of a class, like sklearn.cluster.KMeans")
        .required();
    schema
        .field(
            "k", &PythonParams::k,
            "number of clusters, given as n_clusters or n_components, whichever the class takes; left out: its default")
        .min(1)
        .renamed_from({"n_clusters", "n_components"});
    schema.field("params", &PythonParams::params, "its other arguments, by name");
    schema.field("path", &PythonParams::path, "folders where modules are looked for first").path();
  }

  EstimatorSpec spec() const { return {estimator, k, params, {}, path}; }
};

template <typename Params>
EstimatorSpec spec_of(const Params& params) {
  if constexpr (requires { params.spec(); }) {
    return params.spec();
  } else {
    Arguments<Params> arguments(params);
    return {Params::kEstimator, arguments.k, std::move(arguments.others), Params::kDtypes, {}};
  }
}

template <typename Params>
class PythonClusterer final : public shoal::Clusterer {
 public:
  explicit PythonClusterer(const Params& params) : estimator_(spec_of(params)) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    return estimator_.fit(context, input);
  }
  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    estimator_.predict(context, features, labels);
  }

 private:
  Estimator estimator_;
};

}  // namespace

SHOAL_PLUGIN("python-clusterers", "0.1.0", "clusterers of Python: scikit-learn and what has its interface") {
  using shoal::DType;
  const auto add = [&]<typename Params>(const char* id) -> decltype(auto) {
    return plugin.add<PythonClusterer<Params>, Params>(id).dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
  };
  // What the class does not take of this is found out at fit.
  add.operator()<PythonParams>("clusterer/python").random().noise().takes_weights().takes_init();

  add.operator()<SklearnKMeans>("clusterer/sklearn-kmeans").random().takes_weights().takes_init();
  add.operator()<SklearnMiniBatchKMeans>("clusterer/sklearn-minibatch-kmeans").random().takes_weights().takes_init();
  add.operator()<SklearnBisectingKMeans>("clusterer/sklearn-bisecting-kmeans").random().takes_weights();
  add.operator()<SklearnGaussianMixture>("clusterer/sklearn-gaussian-mixture").random().takes_init();
  add.operator()<SklearnBirch>("clusterer/sklearn-birch");
  add.operator()<SklearnHdbscan>("clusterer/sklearn-hdbscan").noise();
  add.operator()<SklearnSpectral>("clusterer/sklearn-spectral").random();
  add.operator()<SklearnAgglomerative>("clusterer/sklearn-agglomerative");
  add.operator()<SklearnexKMeans>("clusterer/sklearnex-kmeans").random().takes_weights().takes_init();
  add.operator()<FaissPythonKMeans>("clusterer/faiss-kmeans").random().takes_weights().takes_init();
}
