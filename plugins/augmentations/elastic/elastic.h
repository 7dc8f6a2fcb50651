// elastic.h: images bent by smooth random fields. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_ELASTIC_ELASTIC_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_ELASTIC_ELASTIC_H_

#include <vector>

#include "image.h"
#include "shoal/random.h"

/// How strongly and how smoothly images are bent, both in pixels.
struct ElasticRanges {
  double alpha = 0;  ///< root mean square length of the displacements
  double sigma = 4;  ///< at least 0.5: places d apart move alike with correlation exp(−d²/4σ²)
};

/// Where to look: output pixel (x, y) shows the input at (x + right, y + down). Each (height · width), in pixels; both
/// empty: nothing moves.
struct Displacement {
  std::vector<float> right, down;
};

/// One draw: two independent fields as white noise smoothed by a Gaussian of standard deviation sigma has them, each of
/// variance alpha²/2. The smoothing is by cubic B-splines: noise is drawn on a lattice of spacing √3·sigma alone, which
/// lies at random, and interpolated. Time O(height · width), whatever sigma.
/// Source: Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual document
/// analysis", ICDAR 2003; they smooth noise at every pixel.
Displacement draw_displacement(const ElasticRanges& ranges, const ImageShape& shape, shoal::Random random);

/// The image to `out`, displaced, bilinearly; outside of the image is `fill`.
void displace(const float* image, const ImageShape& shape, const Displacement& displacement, float fill, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_ELASTIC_ELASTIC_H_
