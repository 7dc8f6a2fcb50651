#include "noise.h"

using shoal::Index;

void add_noise(const float* image, const ImageShape& shape, double sigma, shoal::Random random, float* out) {
  if (sigma == 0) return copy_image(image, shape, out);
  for (Index i = 0; i < shape.size(); ++i)
    out[i] = std::clamp(image[i] + static_cast<float>(sigma * random.normal()), 0.f, 1.f);
}
