// The plugin of the README, word for word.
#include "shoal/clusterer.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"

namespace {

struct Params {
  std::int64_t k = 8;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of centres, and so of clusters").min(1);
  }
};

/// Gonzalez (1985): each centre is the example farthest from those chosen before it.
class KCenter final : public shoal::Clusterer {
 public:
  explicit KCenter(const Params& params) : k_(params.k) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    shoal::require_features(input.features, {.min_rows = k_});
    return shoal::visit_matrix(input.features, [&](const auto& x) {
      centers_.resize(k_, x.cols());
      Eigen::VectorXd distance = Eigen::VectorXd::Constant(x.rows(), std::numeric_limits<double>::infinity());
      std::vector<std::int64_t> labels(static_cast<std::size_t>(x.rows()), 0);
      Eigen::Index next = context.random().below(x.rows());
      for (std::int64_t c = 0; c < k_; ++c) {
        context.progress(c, k_, "centres");
        centers_.row(c) = x.row(next).template cast<double>();
        for (Eigen::Index i = 0; i < x.rows(); ++i) {
          const double d = (x.row(i).template cast<double>() - centers_.row(c)).squaredNorm();
          if (d < distance[i]) distance[i] = d, labels[static_cast<std::size_t>(i)] = c;
        }
        distance.maxCoeff(&next);
      }
      return shoal::Clustering{
          .labels = context.copy(labels), .centroids = context.copy(centers_), .clusters = k_, .iterations = k_};
    });
  }

  void predict(shoal::Context&, shoal::ConstArray features, shoal::MutableArray labels) const override {
    if (centers_.rows() == 0) throw shoal::StateError("predict before fit");
    shoal::require_features(features, {.cols = centers_.cols()});
    shoal::visit_matrix(features, [&](const auto& x) {
      for (Eigen::Index i = 0; i < x.rows(); ++i)
        (centers_.rowwise() - x.row(i).template cast<double>())
            .rowwise()
            .squaredNorm()
            .minCoeff(&labels.vector<std::int64_t>()[static_cast<std::size_t>(i)]);
    });
  }

 private:
  std::int64_t k_;
  shoal::RowMatrix<double> centers_;  // (K, D); empty before fit
};

}  // namespace

SHOAL_PLUGIN("k-center", "0.1.0", "k-center by farthest-first traversal") {
  plugin.add<KCenter, Params>("clusterer/k-center").random();
}
