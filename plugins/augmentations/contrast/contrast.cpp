#include "contrast.h"

#include <numeric>

using shoal::Index;

Tone draw_tone(double contrast, double brightness, shoal::Random random) {
  const double factor = 1 + random.uniform(-contrast, contrast), shift = random.uniform(-brightness, brightness);
  return {factor, shift};
}

void retone(const float* image, const ImageShape& shape, const Tone& tone, float* out) {
  if (tone == Tone{}) return copy_image(image, shape, out);
  const double mean = std::accumulate(image, image + shape.size(), 0.0) / static_cast<double>(shape.size());
  const auto factor = static_cast<float>(tone.factor);
  const auto constant = static_cast<float>((1 - tone.factor) * mean + tone.shift);
  for (Index i = 0; i < shape.size(); ++i) out[i] = std::clamp(factor * image[i] + constant, 0.f, 1.f);
}
