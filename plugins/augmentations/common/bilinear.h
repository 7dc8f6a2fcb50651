// bilinear.h: images looked at between their pixels. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_COMMON_BILINEAR_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_COMMON_BILINEAR_H_

#include "image.h"

namespace bilinear {

/// Four neighbours of a place and how far it is from the first.
struct Place {
  shoal::Index x, y;  // of the upper left one; may be −1
  float right, down;  // in [0, 1)
};

inline float mix(float from, float to, float part) { return from + part * (to - from); }

/// The plane (height, width) at a place all of whose neighbours lie in it.
inline float inside(const float* plane, shoal::Index width, const Place& p) {
  const float* at = plane + p.y * width + p.x;
  return mix(mix(at[0], at[1], p.right), mix(at[width], at[width + 1], p.right), p.down);
}

/// The same where some may not; those are `fill`.
inline float at_border(const float* plane, const ImageShape& shape, const Place& p, float fill) {
  const auto pixel = [&](shoal::Index y, shoal::Index x) {
    return y >= 0 && y < shape.height && x >= 0 && x < shape.width ? plane[y * shape.width + x] : fill;
  };
  return mix(mix(pixel(p.y, p.x), pixel(p.y, p.x + 1), p.right),
             mix(pixel(p.y + 1, p.x), pixel(p.y + 1, p.x + 1), p.right), p.down);
}

}  // namespace bilinear

/// Sets one pixel of all channels, `to` its number in the first, to what the image shows at column x and row y: mixed
/// of the four pixels about it, where those outside of the image are `fill`. At a pixel's centre it is that pixel's
/// value.
inline void look_at(const float* image, const ImageShape& shape, double x, double y, float fill, float* to) {
  const shoal::Index pixels = shape.pixels();
  const bool near = x > -1 && x < static_cast<double>(shape.width) && y > -1 && y < static_cast<double>(shape.height);
  if (!near) {
    for (shoal::Index channel = 0; channel < shape.channels; ++channel) to[channel * pixels] = fill;
    return;
  }
  const shoal::Index left = static_cast<shoal::Index>(x + 1) - 1,
                     top = static_cast<shoal::Index>(y + 1) - 1;  // floor: above −1
  const bilinear::Place place{left, top, static_cast<float>(x - static_cast<double>(left)),
                              static_cast<float>(y - static_cast<double>(top))};
  const bool whole = left >= 0 && left + 1 < shape.width && top >= 0 && top + 1 < shape.height;
  for (shoal::Index channel = 0; channel < shape.channels; ++channel) {
    const float* plane = image + channel * pixels;
    to[channel * pixels] =
        whole ? bilinear::inside(plane, shape.width, place) : bilinear::at_border(plane, shape, place, fill);
  }
}

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_COMMON_BILINEAR_H_
