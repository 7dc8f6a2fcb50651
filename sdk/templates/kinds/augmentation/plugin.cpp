// augmentation/@name@: images a little brighter or darker.
#include "shoal/plugin.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>

#include "shoal/torch/augmentation.h"

namespace {

struct Params {
  double strength = 0.3;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("strength", &Params::strength, "factors are uniform in 1 ± strength; 0 leaves images as they are")
        .min(0)
        .max(1);
  }
};

/// Every image times a factor of its own, cut off at 1.
class @class@ final : public shoal::Augmentation {
 public:
  explicit @class@(const Params& params) : strength_(params.strength) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override {
    if (strength_ == 0) return batch.clone();
    at::Tensor out = at::empty_like(batch);
    const shoal::Index size = batch.size(0) == 0 ? 0 : batch.numel() / batch.size(0);
    const float* from = batch.const_data_ptr<float>();
    float* to = out.mutable_data_ptr<float>();
    context.parallel_for(batch.size(0), 16, [&](shoal::Index begin, shoal::Index end) {
      for (shoal::Index i = begin; i < end; ++i) {
        shoal::Random own =
            random.fork(static_cast<std::uint64_t>(i));  // the same image, whatever the number of threads
        const auto factor = static_cast<float>(own.uniform(1 - strength_, 1 + strength_));
        std::transform(from + i * size, from + (i + 1) * size, to + i * size,
                       [&](float x) { return std::clamp(factor * x, 0.f, 1.f); });
      }
    });
    return out;
  }

 private:
  double strength_;
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "images a little brighter or darker") {
  plugin.add<@class@, Params>("augmentation/@name@");
}
