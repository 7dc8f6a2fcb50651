// blur.h: Gaussian blur of random width. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_BLUR_BLUR_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_BLUR_BLUR_H_

#include <vector>

#include "image.h"
#include "shoal/random.h"

/// Standard deviations in pixels; 0 ≤ min_sigma ≤ max_sigma.
struct BlurRanges {
  double p = 0;  ///< probability that an image is blurred at all
  double min_sigma = 0, max_sigma = 0;
};

/// One draw: sigma, uniform in its range; 0 with probability 1 − p.
double draw_sigma(const BlurRanges& ranges, shoal::Random random);

/// exp(−k²/2σ²) for k = −r … r with r = ⌈3·sigma⌉, scaled to the sum 1; {1} for sigma 0.
std::vector<float> gaussian_kernel(double sigma);

/// The image to `out`, filtered by `kernel` (of odd length) along rows, then along columns, as if the pixels at its
/// border went on outside of it. A kernel of one weight copies bits. Time O(size · kernel).
void blur(const float* image, const ImageShape& shape, const std::vector<float>& kernel, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_BLUR_BLUR_H_
