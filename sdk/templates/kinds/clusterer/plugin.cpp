// clusterer/@name@: K examples such that nobody is far from all of them.
#include "shoal/plugin.h"

#include <limits>
#include <vector>

#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"

namespace {

struct Params {
  std::int64_t k = 8;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("k", &Params::k, "number of centres, and so of clusters").min(1);
  }
};

/// Farthest-first traversal: the first centre is drawn, each further one is the example farthest from those before it.
/// No example is then farther from its centre than twice the best possible radius.
/// Source: T. F. Gonzalez, "Clustering to minimize the maximum intercluster distance", TCS 38 (1985) 293–306.
class @class@ final : public shoal::Clusterer, public shoal::Stateful {
 public:
  explicit @class@(const Params& params) : k_(params.k) {}

  shoal::Clustering fit(shoal::Context& context, const shoal::FitInput& input) override {
    shoal::require_features(context, input.features, {.min_rows = k_});
    centers_ = shoal::visit_matrix(input.features, [&](const auto& x) { return choose(context, x); });
    shoal::Array labels = context.allocate<std::int64_t>({input.features.rows()});
    predict(context, input.features, labels.mutable_view());
    return {.labels = std::move(labels), .centroids = context.copy(centers_), .clusters = k_, .iterations = k_};
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    if (centers_.rows() == 0) throw shoal::StateError("predict before fit");
    shoal::kernels::nearest(context, features, shoal::ConstArray(centers_), labels);
  }

  void save(shoal::StateWriter& state) const override { state.put("centers", shoal::ConstArray(centers_)); }
  void load(const shoal::StateReader& state) override {
    const shoal::ConstArray centers = state.get("centers");
    shoal::require(centers.rank() == 2 && centers.shape()[0] == k_, "the saved state does not hold {} centers", k_);
    centers_ = centers.matrix<double>();
  }

 private:
  template <typename Matrix>
  shoal::RowMatrix<double> choose(shoal::Context& context, const Matrix& x) const {
    shoal::RowMatrix<double> centers(k_, x.cols());
    Eigen::VectorXd squared_distance = Eigen::VectorXd::Constant(x.rows(), std::numeric_limits<double>::infinity());
    Eigen::Index next = context.random("first").below(x.rows());
    for (Eigen::Index c = 0; c < k_; ++c) {
      context.progress(c, k_, "centres");  // a user who stops the run is heard here
      centers.row(c) = x.row(next).template cast<double>();
      for (Eigen::Index i = 0; i < x.rows(); ++i)
        squared_distance[i] =
            std::min(squared_distance[i], (x.row(i).template cast<double>() - centers.row(c)).squaredNorm());
      squared_distance.maxCoeff(&next);  // the example served worst
    }
    return centers;
  }

  std::int64_t k_;
  shoal::RowMatrix<double> centers_;  // (K, D); empty before fit
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "k-centre by farthest-first traversal") {
  plugin.add<@class@, Params>("clusterer/@name@")
      .random()
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
