// transform/l2-normalize: every example at distance 1 from the origin.
#include "shoal/plugin.h"

#include "l2_normalize.h"
#include "shoal/matrix.h"
#include "shoal/transform.h"

namespace {

struct Params {
  double eps = 1e-12;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("eps", &Params::eps, "the least length that an example is divided by").above(0);
  }
};

class L2Normalize final : public shoal::Transform, public shoal::Stateful {
 public:
  explicit L2Normalize(const Params& params) : eps_(params.eps) {}

  void apply(shoal::Context& context, shoal::ConstArray features, shoal::MutableArray out) const override {
    shoal::require_features(features);
    visit_matrix(features, [&](const auto& x) {
      using Scalar = typename std::decay_t<decltype(x)>::Scalar;
      auto to = out.matrix<std::conditional_t<std::is_same_v<Scalar, double>, double, float>>();
      context.parallel_for(x.rows(), 1024, [&](shoal::Index from, shoal::Index end) {
        for (shoal::Index i = from; i < end; ++i)
          l2_normalize(x.data() + i * x.outerStride(), x.cols(), eps_, to.data() + i * to.outerStride());
      });
    });
  }

  // It learns nothing, so that an empty state is all of it.
  void save(shoal::StateWriter&) const override {}
  void load(const shoal::StateReader&) override {}

 private:
  double eps_;
};

}  // namespace

SHOAL_PLUGIN("l2-normalize", "0.1.0", "scales every example to length 1") {
  plugin.add<L2Normalize, Params>("transform/l2-normalize")
      .dtypes({shoal::DType::kFloat32, shoal::DType::kFloat64, shoal::DType::kUInt8});
}
