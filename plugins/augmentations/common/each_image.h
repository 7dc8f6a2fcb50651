// each_image.h: what every augmentation that treats images one by one does around its own arithmetic.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_COMMON_EACH_IMAGE_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_COMMON_EACH_IMAGE_H_

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty_like.h>

#include "image.h"
#include "shoal/torch/augmentation.h"
#include "shoal/torch/tensor.h"

/// A new batch, image i of it written by map(image i, its shape, random.fork(i), to): `map` fills `to` from `image`,
/// both of that shape. Images run side by side on the host's pool; no image depends on another.
/// Throws InputError  `batch` is not (B, C, H, W) float32 without gaps
template <typename Map>
at::Tensor each_image(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random, Map&& map) {
  constexpr shoal::Index kBlock = 16;
  const shoal::ConstArray images = shoal::view(batch);
  shoal::require(images.rank() == 4 && images.contiguous(),
                 "expected images (batch, channels, height, width) without gaps, got a tensor of shape {}{}",
                 shoal::to_string(images.shape()), images.contiguous() ? "" : " with gaps");
  const auto* from = images.data<float>();
  at::Tensor out = at::empty_like(batch);
  if (images.size() == 0) return out;
  auto* to = out.mutable_data_ptr<float>();
  const ImageShape shape{images.shape()[1], images.shape()[2], images.shape()[3]};
  context.parallel_for(images.rows(), kBlock, [&](shoal::Index first, shoal::Index last) {
    for (shoal::Index i = first; i < last; ++i)
      map(from + i * shape.size(), shape, random.fork(static_cast<std::uint64_t>(i)), to + i * shape.size());
  });
  return out;
}

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_COMMON_EACH_IMAGE_H_
