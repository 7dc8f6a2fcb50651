#include "shoal/plugin.h"

#include <ATen/ops/empty_like.h>

#include "augmentation.h"
#include "shoal/torch/tensor.h"

void AffineParams::describe(shoal::Schema<AffineParams>& schema) {
  schema.field("shift", &AffineParams::shift, "the most that an image is shifted, as a share of its width and height")
      .min(0)
      .max(1);
  schema.field("rotate", &AffineParams::rotate, "the most that it is turned either way")
      .min(0)
      .max(180)
      .unit("degrees");
  schema.field("scale", &AffineParams::scale, "s: it is scaled by a factor in [1 - s, 1 + s]").min(0).below(1);
  schema.field("shear", &AffineParams::shear, "the most that a row is shifted against the next, in pixels")
      .min(0)
      .max(10);
  schema.field("fill", &AffineParams::fill, "what is seen outside of the image").min(0).max(1);
}

at::Tensor Affine::apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const {
  const shoal::ConstArray images = shoal::view(batch);
  shoal::require(images.rank() == 4 && images.contiguous(),
                 "expected images (batch, channels, height, width) without gaps, got a tensor of shape {}{}",
                 shoal::to_string(images.shape()), images.contiguous() ? "" : " with gaps");
  const auto* from = images.data<float>();
  at::Tensor out = at::empty_like(batch);
  auto* to = out.mutable_data_ptr<float>();
  const auto shape = images.shape();
  context.parallel_for(images.rows(), 16, [&](shoal::Index first, shoal::Index last) {
    for (shoal::Index i = first; i < last; ++i) {
      const AffineMap map = draw_affine(ranges_, shape[2], shape[3], random.fork(static_cast<std::uint64_t>(i)));
      warp(from + i * images.cols(), shape[1], shape[2], shape[3], map, fill_, to + i * images.cols());
    }
  });
  return out;
}

SHOAL_PLUGIN("affine", "0.1.0", "random shifts, turns, scales and shears of images") {
  plugin.add<Affine, AffineParams>("augmentation/affine");
}
