// clusterer/@name@: K examples such that nobody is far from all of them.
#include "shoal/plugin.h"

#include <algorithm>
#include <limits>
#include <utility>
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
    const shoal::ConstArray x = input.features;
    shoal::require_features(context, x, {.min_rows = k_});
    centers_ = choose(context, x);
    shoal::Array labels = context.allocate<std::int64_t>({x.rows()});
    predict(context, x, labels.mutable_view());
    return {.labels = std::move(labels), .centroids = context.copy(centers()), .clusters = k_, .iterations = k_};
  }

  void predict(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray labels) const override {
    if (centers_.empty()) throw shoal::StateError("predict before fit");
    shoal::kernels::nearest(context, features, centers(), labels);
  }

  void save(shoal::StateWriter& state) const override { state.put("centers", centers()); }
  void load(const shoal::StateReader& state) override {
    const shoal::ConstArray centers = state.get("centers");
    shoal::require(centers.rank() == 2 && centers.shape()[0] == k_, "the saved state does not hold {} centers", k_);
    centers_.assign(centers.data<double>(), centers.data<double>() + centers.size());
  }

 private:
  std::vector<double> choose(shoal::Context& context, shoal::ConstArray x) const {
    std::vector<double> centers;
    const auto n = static_cast<std::size_t>(x.rows());
    std::vector<double> squared_distance(n, std::numeric_limits<double>::infinity()), to_newest(n);
    std::vector<std::int64_t> labels(n);  // all 0, the newest centre's
    shoal::Index next = context.random("first").below(x.rows());
    for (std::int64_t c = 0; c < k_; ++c) {
      context.progress(c, k_, "centres");  // a user who stops the run is heard here
      shoal::visit_rows(x, [&](const auto& rows) { centers.insert(centers.end(), rows[next].begin(), rows[next].end()); });
      const shoal::ConstArray newest(centers.data() + c * x.cols(), {1, x.cols()});
      shoal::kernels::nearest(context, x, newest, shoal::MutableArray(labels), to_newest);
      for (std::size_t i = 0; i < n; ++i) squared_distance[i] = std::min(squared_distance[i], to_newest[i]);
      next = std::max_element(squared_distance.begin(), squared_distance.end()) - squared_distance.begin();
    }  // the example served worst is the next centre
    return centers;
  }

  shoal::ConstArray centers() const {
    return {centers_.data(), {k_, static_cast<shoal::Index>(centers_.size()) / k_}};
  }

  std::int64_t k_;
  std::vector<double> centers_;  // (K, D), row after row; empty before fit
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "k-centre by farthest-first traversal") {
  plugin.add<@class@, Params>("clusterer/@name@")
      .random()
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
