#include "corruption.h"

using shoal::Index;

at::Tensor corrupt(const shoal::Context& context, const at::Tensor& batch, Noise noise, double amount,
                   const shoal::Random& random) {
  at::Tensor out = batch.clone(at::MemoryFormat::Contiguous);
  if (amount == 0 || out.numel() == 0) return out;
  constexpr Index kBlock = 16;
  const Index width = out.numel() / out.size(0);
  float* values = out.mutable_data_ptr<float>();
  context.parallel_for(out.size(0), kBlock, [&](Index from, Index to) {
    for (Index i = from; i < to; ++i) {
      shoal::Random draws = random.fork(static_cast<std::uint64_t>(i));
      for (float* value = values + i * width; value != values + (i + 1) * width; ++value) {
        if (noise == Noise::kGaussian) *value += static_cast<float>(amount * draws.normal());
        else if (draws.uniform() < amount) *value = 0;
      }
    }
  });
  return out;
}
