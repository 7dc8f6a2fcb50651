// affine.h: random affine maps of the plane, and images seen through them. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_AFFINE_AFFINE_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_AFFINE_AFFINE_H_

#include "image.h"
#include "shoal/random.h"

/// Where to look: output pixel (x, y), measured from the image's centre, shows the input at (a·x + b·y + c, d·x + e·y +
/// f).
struct AffineMap {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;
  bool operator==(const AffineMap&) const = default;
};

/// Each number is drawn uniformly in ± its range; scale in 1 ± its range.
struct AffineRanges {
  double shift = 0;   ///< of the width and of the height
  double rotate = 0;  ///< degrees
  double scale = 0;
  double shear = 0;  ///< how far x moves for each step in y
};

/// One draw for images of height × width: sheared, scaled, rotated about the centre, then shifted. Always five numbers
/// of the stream; all ranges zero give the identity exactly.
AffineMap draw_affine(const AffineRanges& ranges, shoal::Index height, shoal::Index width, shoal::Random random);

/// The image seen through the map, to `out`, bilinearly; outside of the image is `fill`.
/// The identity copies bits; maps that hit pixel centres, as quarter turns of squares do, copy values.
void warp(const float* image, const ImageShape& shape, const AffineMap& map, float fill, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_AFFINE_AFFINE_H_
