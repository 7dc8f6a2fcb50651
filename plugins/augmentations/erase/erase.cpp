#include "erase.h"

#include <algorithm>

using shoal::Index;

Rectangle draw_rectangle(const EraseRanges& ranges, const ImageShape& shape, shoal::Random random) {
  if (random.uniform() >= ranges.p) return {};
  const auto side = [&] { return ranges.min_side + random.below(ranges.max_side - ranges.min_side + 1); };
  const Index height = side(), width = side();
  const Index top = random.below(shape.height) - height / 2, left = random.below(shape.width) - width / 2;
  return {.top = std::max<Index>(top, 0),
          .bottom = std::min(top + height, shape.height),
          .left = std::max<Index>(left, 0),
          .right = std::min(left + width, shape.width)};
}

void erase(const float* image, const ImageShape& shape, const Rectangle& rectangle, float fill, float* out) {
  copy_image(image, shape, out);
  for (Index channel = 0; channel < shape.channels; ++channel) {
    float* plane = out + channel * shape.pixels();
    for (Index row = rectangle.top; row < rectangle.bottom; ++row)
      std::fill(plane + row * shape.width + rectangle.left, plane + row * shape.width + rectangle.right, fill);
  }
}
