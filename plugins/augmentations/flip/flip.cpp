#include "flip.h"

using shoal::Index;

Flips draw_flips(double horizontal, double vertical, shoal::Random random) {
  const bool across = random.uniform() < horizontal, over = random.uniform() < vertical;
  return {across, over};
}

void flip(const float* image, const ImageShape& shape, const Flips& flips, float* out) {
  for (Index row = 0; row < shape.channels * shape.height; ++row) {
    const Index plane = row / shape.height * shape.height;  // its first row
    const float* from = image + (flips.vertical ? plane + (plane + shape.height - 1 - row) : row) * shape.width;
    float* to = out + row * shape.width;
    if (flips.horizontal) std::reverse_copy(from, from + shape.width, to);
    else std::copy_n(from, shape.width, to);
  }
}
