// image.h: how one image of a batch lies in memory. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_COMMON_IMAGE_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_COMMON_IMAGE_H_

#include <algorithm>

#include "shoal/array.h"

/// `channels` planes one after another, each `height` rows of `width` numbers without gaps. None of them is 0.
struct ImageShape {
  shoal::Index channels = 1, height = 1, width = 1;

  shoal::Index pixels() const { return height * width; }     ///< of one plane
  shoal::Index size() const { return channels * pixels(); }  ///< numbers of the image
};

/// The identity, bit for bit.
inline void copy_image(const float* image, const ImageShape& shape, float* out) {
  std::copy_n(image, shape.size(), out);
}

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_COMMON_IMAGE_H_
