// crop.h: images shifted by whole pixels. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_CROP_CROP_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_CROP_CROP_H_

#include "image.h"
#include "shoal/random.h"

/// How far the window on the image is moved.
struct Offset {
  shoal::Index down = 0, right = 0;
};

/// One draw: each uniform in −padding … padding, both ends included.
Offset draw_offset(shoal::Index padding, shoal::Random random);

/// To `out` what a window of the image's own size shows, moved by `offset`; outside of the image is `fill`.
void crop(const float* image, const ImageShape& shape, const Offset& offset, float fill, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_CROP_CROP_H_
