// noise.h: Gaussian noise on images. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_NOISE_NOISE_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_NOISE_NOISE_H_

#include "image.h"
#include "shoal/random.h"

/// The image to `out`, to each number its own draw from a normal distribution of standard deviation `sigma` added,
/// kept within [0, 1]. A sigma of 0 copies bits, also of what lies outside of [0, 1].
void add_noise(const float* image, const ImageShape& shape, double sigma, shoal::Random random, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_NOISE_NOISE_H_
