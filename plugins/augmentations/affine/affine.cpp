#include "affine.h"

#include <cmath>
#include <numbers>

using shoal::Index;

namespace {

/// Four neighbours of a place and how far it is from the first.
struct Place {
  Index x, y;         // of the upper left one; may be −1
  float right, down;  // in [0, 1)
};

float mix(float from, float to, float part) { return from + part * (to - from); }

/// The plane (height, width) at a place all of whose neighbours lie in it.
float inside(const float* plane, Index width, const Place& p) {
  const float* at = plane + p.y * width + p.x;
  return mix(mix(at[0], at[1], p.right), mix(at[width], at[width + 1], p.right), p.down);
}

/// The same where some may not; those are `fill`.
float at_border(const float* plane, Index height, Index width, const Place& p, float fill) {
  const auto pixel = [&](Index y, Index x) {
    return y >= 0 && y < height && x >= 0 && x < width ? plane[y * width + x] : fill;
  };
  return mix(mix(pixel(p.y, p.x), pixel(p.y, p.x + 1), p.right),
             mix(pixel(p.y + 1, p.x), pixel(p.y + 1, p.x + 1), p.right), p.down);
}

}  // namespace

AffineMap draw_affine(const AffineRanges& ranges, Index height, Index width, shoal::Random random) {
  const auto draw = [&](double range) { return random.uniform(-range, range); };
  const double right = draw(ranges.shift) * static_cast<double>(width);
  const double down = draw(ranges.shift) * static_cast<double>(height);
  const double angle = draw(ranges.rotate) * std::numbers::pi / 180;
  const double scale = 1 + draw(ranges.scale);
  const double shear = draw(ranges.shear);
  // Forwards out = s·R·H·in + t with R = (cos, −sin; sin, cos) and H = (1, h; 0, 1); so in = H⁻¹·R⁻¹·(out − t)/s.
  const double cosine = std::cos(angle) / scale, sine = std::sin(angle) / scale;
  AffineMap map{.a = cosine + shear * sine, .b = sine - shear * cosine, .d = -sine, .e = cosine};
  map.c = -(map.a * right + map.b * down);
  map.f = -(map.d * right + map.e * down);
  return map;
}

void warp(const float* image, const ImageShape& shape, const AffineMap& map, float fill, float* out) {
  if (map == AffineMap{}) return copy_image(image, shape, out);
  const auto [channels, height, width] = shape;
  const Index pixels = shape.pixels();
  const double center_x = static_cast<double>(width - 1) / 2, center_y = static_cast<double>(height - 1) / 2;
  for (Index row = 0; row < height; ++row) {
    const double y = static_cast<double>(row) - center_y;
    for (Index column = 0; column < width; ++column) {
      const double x = static_cast<double>(column) - center_x;
      const double from_x = map.a * x + map.b * y + map.c + center_x;
      const double from_y = map.d * x + map.e * y + map.f + center_y;
      float* to = out + row * width + column;
      const bool near =
          from_x > -1 && from_x < static_cast<double>(width) && from_y > -1 && from_y < static_cast<double>(height);
      if (!near) {
        for (Index channel = 0; channel < channels; ++channel) to[channel * pixels] = fill;
        continue;
      }
      const Index left = static_cast<Index>(from_x + 1) - 1,
                  top = static_cast<Index>(from_y + 1) - 1;  // floor: above −1
      const Place place{left, top, static_cast<float>(from_x - static_cast<double>(left)),
                        static_cast<float>(from_y - static_cast<double>(top))};
      const bool whole = left >= 0 && left + 1 < width && top >= 0 && top + 1 < height;
      for (Index channel = 0; channel < channels; ++channel) {
        const float* plane = image + channel * pixels;
        to[channel * pixels] = whole ? inside(plane, width, place) : at_border(plane, height, width, place, fill);
      }
    }
  }
}
