#include "crop.h"

using shoal::Index;

Offset draw_offset(Index padding, shoal::Random random) {
  const Index down = random.below(2 * padding + 1) - padding, right = random.below(2 * padding + 1) - padding;
  return {down, right};
}

void crop(const float* image, const ImageShape& shape, const Offset& offset, float fill, float* out) {
  // The columns of the window that lie in the image: left … right − 1.
  const Index left = std::clamp<Index>(-offset.right, 0, shape.width);
  const Index right = std::clamp<Index>(shape.width - offset.right, left, shape.width);
  for (Index channel = 0; channel < shape.channels; ++channel) {
    const float* plane = image + channel * shape.pixels();
    for (Index row = 0; row < shape.height; ++row, out += shape.width) {
      std::fill_n(out, shape.width, fill);
      const Index from = row + offset.down;
      if (from < 0 || from >= shape.height || left == right) continue;
      std::copy_n(plane + from * shape.width + left + offset.right, right - left, out + left);
    }
  }
}
