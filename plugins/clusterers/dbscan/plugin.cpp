// clusterer/dbscan: clusters are regions where examples lie densely; the rest is noise.
#include "shoal/plugin.h"

#include <algorithm>

#include "dbscan.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/kernels/seeding.h"
#include "shoal/kernels/squares_fit.h"
#include "shoal/kernels/sums.h"

namespace {

using shoal::Index;
using shoal::RowMatrix;

struct Params {
  double eps = 0.5;
  std::int64_t min_samples = 5;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("eps", &Params::eps, "examples at most this far apart are neighbours").above(0.0);
    schema
        .field("min_samples", &Params::min_samples,
               "so many neighbours, itself among them and counted by weight, make a core example")
        .min(1);
  }
};

class DbscanClusterer final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit DbscanClusterer(const Params& params) : params_(params) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    const std::span<const double> weights = shoal::kernels::require_weights(input.weights, input.features.rows());
    shoal::kernels::require_squares_fit(context, input.features);
    const Dbscan found = dbscan(context, input.features, weights,
                                {.eps = params_.eps, .min_weight = static_cast<double>(params_.min_samples)});
    tell(context, found);
    core_ = shoal::kernels::take_rows(input.features, found.core);
    core_labels_.clear();
    for (const Index row : found.core) core_labels_.push_back(found.labels[static_cast<std::size_t>(row)]);
    cols_ = input.features.cols();
    return {.labels = context.copy(found.labels), .clusters = found.clusters, .iterations = 1};
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    if (cols_ == 0) throw shoal::StateError("dbscan is asked for labels before it is fitted");
    shoal::require_feature_shape(features, {.cols = cols_});
    shoal::kernels::require_squares_fit(context, features);
    const auto out = labels.vector<Index>();
    if (core_.rows() == 0) return std::fill(out.begin(), out.end(), -1);
    std::vector<double> squares(out.size());
    shoal::kernels::nearest(context, features, shoal::ConstArray(core_), labels, squares);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = squares[i] <= params_.eps * params_.eps ? core_labels_[static_cast<std::size_t>(out[i])] : -1;
  }

  void save(shoal::StateWriter& state) const override {
    if (cols_ == 0) throw shoal::StateError("dbscan has no state to save before it is fitted");
    state.put("core", shoal::ConstArray(core_));
    state.put("core_labels", shoal::ConstArray(core_labels_));
  }

  void load(const shoal::StateReader& state) override {
    const auto core = state.get("core").matrix<double>();
    const auto labels = state.get("core_labels").vector<Index>();
    shoal::require(core.rows() == static_cast<Index>(labels.size()) && core.cols() >= 1,
                   "the saved state has {} core examples of {} columns, but {} labels", core.rows(), core.cols(),
                   labels.size());
    core_ = core;
    core_labels_.assign(labels.begin(), labels.end());
    cols_ = core.cols();
  }

 private:
  void tell(const shoal::Context& context, const Dbscan& found) const {
    const auto noise = std::count(found.labels.begin(), found.labels.end(), -1);
    context.log(shoal::Level::kInfo, "{} clusters; {} core examples, {} of {} are noise", found.clusters,
                found.core.size(), noise, found.labels.size());
    if (found.clusters == 0)
      context.log(shoal::Level::kWarning,
                  "all examples are noise: none has {} within eps = {}; take a larger eps or a smaller min_samples",
                  params_.min_samples, params_.eps);
  }

  Params params_;
  RowMatrix<double> core_;          // (C, D) core examples
  std::vector<Index> core_labels_;  // (C)
  Index cols_ = 0;                  // D; 0 before fit
};

}  // namespace

SHOAL_PLUGIN("dbscan", "0.1.0", "DBSCAN: dense regions are clusters, the rest is noise; exact") {
  using shoal::DType;
  plugin.add<DbscanClusterer, Params>("clusterer/dbscan")
      .noise()
      .takes_weights()
      .dtypes({DType::kFloat32, DType::kFloat64, DType::kUInt8});
}
