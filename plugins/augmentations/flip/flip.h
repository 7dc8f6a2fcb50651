// flip.h: mirror images at random. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_FLIP_FLIP_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_FLIP_FLIP_H_

#include "image.h"
#include "shoal/random.h"

/// Which way an image is mirrored.
struct Flips {
  bool horizontal = false;  ///< left and right change places
  bool vertical = false;    ///< top and bottom
  bool operator==(const Flips&) const = default;
};

/// One draw, each way with its own probability. Always two numbers of the stream.
Flips draw_flips(double horizontal, double vertical, shoal::Random random);

/// The image to `out`, mirrored.
void flip(const float* image, const ImageShape& shape, const Flips& flips, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_FLIP_FLIP_H_
