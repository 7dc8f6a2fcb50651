#include "affine.h"

#include <cmath>
#include <numbers>

#include "bilinear.h"

using shoal::Index;

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
  const double center_x = static_cast<double>(shape.width - 1) / 2,
               center_y = static_cast<double>(shape.height - 1) / 2;
  for (Index row = 0; row < shape.height; ++row) {
    const double y = static_cast<double>(row) - center_y;
    for (Index column = 0; column < shape.width; ++column) {
      const double x = static_cast<double>(column) - center_x;
      look_at(image, shape, map.a * x + map.b * y + map.c + center_x, map.d * x + map.e * y + map.f + center_y, fill,
              out + row * shape.width + column);
    }
  }
}
