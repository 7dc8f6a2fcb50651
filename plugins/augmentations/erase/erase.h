// erase.h: a random rectangle of an image is hidden. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_ERASE_ERASE_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_ERASE_ERASE_H_

#include "image.h"
#include "shoal/random.h"

/// Rows top … bottom − 1, columns left … right − 1.
struct Rectangle {
  shoal::Index top = 0, bottom = 0, left = 0, right = 0;
  bool operator==(const Rectangle&) const = default;
};

/// Sides in pixels, both ends included; 0 ≤ min_side ≤ max_side.
struct EraseRanges {
  double p = 0;  ///< probability that an image is erased at all
  shoal::Index min_side = 0, max_side = 0;
};

/// One draw: height, width, then the centre, any pixel of the image alike; what sticks out of the image is cut off.
/// Empty with probability 1 − p.
/// Source: Zhong, Zheng, Kang, Li, Yang, "Random erasing data augmentation", AAAI 2020; sides here are in pixels.
Rectangle draw_rectangle(const EraseRanges& ranges, const ImageShape& shape, shoal::Random random);

/// The image to `out`, in every channel with `fill` in the rectangle, which lies within it.
void erase(const float* image, const ImageShape& shape, const Rectangle& rectangle, float fill, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_ERASE_ERASE_H_
