// clusterer/torch-kmeans: Lloyd's algorithm on any device of LibTorch.
#include "shoal/plugin.h"

#include <c10/util/Exception.h>

#include <limits>

#include "shoal/clusterer.h"
#include "shoal/kernels/fitted_centroids.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/repair.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/starts.h"
#include "shoal/kernels/sums.h"
#include "torch_kmeans.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;

struct Params {
  std::int64_t k = 8;
  shoal::kernels::Seeding init = shoal::kernels::Seeding::kKMeansPlusPlus;
  std::optional<std::int64_t> n_init;
  std::int64_t max_iter = 300;
  double tol = 1e-4;
  std::string device = "auto";
  at::ScalarType dtype = at::kFloat;
  std::int64_t chunk_bytes = 64LL << 20;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
    schema.field("init", &Params::init, "how the first centroids are chosen, unless the port 'init' is wired")
        .one_of(shoal::kernels::kSeedings);
    schema
        .field("n_init", &Params::n_init,
               "starts, of which the one with the lowest inertia is kept; left out: 10 for random, 1 for every other "
               "init")
        .min(1);
    schema.field("max_iter", &Params::max_iter, "iterations of one start at most").min(1);
    schema
        .field("tol", &Params::tol,
               "stop when the centroids' squared shifts add up to at most tol times the mean variance of a column")
        .min(0.0);
    schema.field("device", &Params::device, "where: cpu, cuda, cuda:1, or auto: cuda where there is one");
    schema.field("dtype", &Params::dtype, "what distances are computed in, and sums within a block of examples")
        .one_of({{"float32", at::kFloat}, {"float64", at::kDouble}});
    schema
        .field("chunk_bytes", &Params::chunk_bytes,
               "what distances of examples to centroids may take at once; another value may change last digits")
        .min(1)
        .unit("bytes");
  }

  void check() const { require_device_name(device); }
};

// What LibTorch throws, without the stack of its own functions that it adds.
template <typename Work>
auto on_torch(Work&& work) {
  try {
    return work();
  } catch (const c10::OutOfMemoryError& error) {
    throw shoal::Error(SHOAL_E_MEMORY, error.what_without_backtrace());
  } catch (const c10::Error& error) {
    throw shoal::Error(SHOAL_E_FAILED, error.what_without_backtrace());
  }
}

class TorchKMeans final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit TorchKMeans(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const Index n = input.features.rows();
    shoal::require(n >= params_.k, "k is {} but there are only {} examples", params_.k, n);
    shoal::kernels::require_squares_fit(context, input.features);
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, n);
    const Machine machine = choose_machine();
    rows_at_once(machine, params_.k);  // before anything is done
    context.log(shoal::Level::kInfo, "on {} in {}; sums are LibTorch's, so the result is not exact",
                machine.device.str(), machine.dtype == at::kDouble ? "float64" : "float32");
    const shoal::kernels::Spread spread = shoal::kernels::spread(context, input.features, weights);
    TorchClusters best = on_torch([&] { return best_start(context, input, weights, spread, machine); });
    shoal::kernels::warn_of_empty(context, input.features, best.label_values(), params_.k, weights);
    shoal::Clustering out{.labels = best.labels,
                          .centroids = context.copy(best.centroids),
                          .clusters = params_.k,
                          .iterations = best.iterations,
                          .converged = best.converged};
    centroids_ = std::move(best.centroids);
    mean_ = spread.mean;
    return out;
  }

  void predict(shoal::Context& context, ConstArray features, shoal::MutableArray labels) const override {
    shoal::kernels::require_fitted(centroids_, "torch-kmeans");
    shoal::require_feature_shape(features, {.cols = centroids_.cols()});
    on_torch([&] { torch_nearest(context, features, centroids_, mean_, choose_machine(), labels.vector<Index>()); });
  }

  void save(shoal::StateWriter& state) const override {
    shoal::kernels::save_centroids(state, centroids_, "torch-kmeans");
    state.put("mean", ConstArray(mean_.data(), {mean_.size()}));
  }

  void load(const shoal::StateReader& state) override {
    const auto mean = state.get("mean").vector<double>();
    RowMatrix<double> centroids = shoal::kernels::load_centroids(state, params_.k);
    shoal::require(static_cast<Index>(mean.size()) == centroids.cols(),
                   "the saved centroids have {} columns, but their mean has {}", centroids.cols(), mean.size());
    centroids_ = std::move(centroids);
    mean_ = Eigen::Map<const Eigen::RowVectorXd>(mean.data(), static_cast<Index>(mean.size()));
  }

 private:
  Machine choose_machine() const {
    Machine out{.device = find_device(params_.device), .dtype = params_.dtype, .chunk_bytes = params_.chunk_bytes};
    out.sums_by_product = !out.device.is_cpu();
    return out;
  }

  TorchClusters best_start(const shoal::Context& context, const shoal::FitInput& input, std::span<const double> weights,
                           const shoal::kernels::Spread& spread, const Machine& machine) const {
    const TorchRows rows(context, input.features, weights, spread.mean, machine);
    const TorchStop stop{.max_iter = params_.max_iter, .squared_shift = params_.tol * spread.mean_variance};
    TorchClusters best;
    double least = 0;
    const Index starts = shoal::kernels::count_starts(context, input, params_.n_init,
                                                      params_.init == shoal::kernels::Seeding::kRandom ? 10 : 1);
    for (Index start = 0; start < starts; ++start) {
      TorchClusters found =
          rows.lloyd(shoal::kernels::first_centroids(context, input, weights, params_.k, params_.init, start), stop);
      double inertia = 0;  // of a single start nobody asks
      if (starts > 1) {
        inertia = shoal::kernels::inertia(context, input.features, ConstArray(found.centroids), found.label_values(),
                                          weights);
        context.log(shoal::Level::kDebug, "start {} of {}: inertia {} after {} iterations", start + 1, starts, inertia,
                    found.iterations);
      }
      if (start == 0 || inertia < least) least = inertia, best = std::move(found);
    }
    return best;
  }

  Params params_;
  RowMatrix<double> centroids_;  // (K, D); empty before fit
  Eigen::RowVectorXd mean_;      // (D) of the features, about which distances are computed
};

}  // namespace

SHOAL_PLUGIN("torch-kmeans", "0.1.0", "k-means on any device of LibTorch, chunk by chunk; not exact") {
  using shoal::DType;
  plugin.add<TorchKMeans, Params>("clusterer/torch-kmeans")
      .random()
      .takes_weights()
      .takes_init()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
