#include "blur.h"

#include <cmath>

using shoal::Index;

namespace {

/// to[i] += weight · from[i] for i in [0, n).
void add_scaled(const float* from, float weight, Index n, float* to) {
  for (Index i = 0; i < n; ++i) to[i] += weight * from[i];
}

/// `to` (n) from `padded` (n + kernel − 1).
void filter_row(const float* padded, const std::vector<float>& kernel, Index n, float* to) {
  std::fill_n(to, n, 0.f);
  for (std::size_t k = 0; k < kernel.size(); ++k) add_scaled(padded + k, kernel[k], n, to);
}

}  // namespace

double draw_sigma(const BlurRanges& ranges, shoal::Random random) {
  if (random.uniform() >= ranges.p) return 0;
  return random.uniform(ranges.min_sigma, ranges.max_sigma);
}

std::vector<float> gaussian_kernel(double sigma) {
  if (sigma == 0) return {1};
  const auto radius = static_cast<Index>(std::ceil(3 * sigma));
  // (k/σ)², not k²/σ²: the square of a tiny sigma is 0, and 0/0 no weight.
  const auto weight = [&](Index k) { return std::exp(-0.5 * std::pow(static_cast<double>(k) / sigma, 2)); };
  double sum = 0;
  for (Index k = -radius; k <= radius; ++k) sum += weight(k);
  std::vector<float> kernel;
  for (Index k = -radius; k <= radius; ++k) kernel.push_back(static_cast<float>(weight(k) / sum));
  return kernel;
}

void blur(const float* image, const ImageShape& shape, const std::vector<float>& kernel, float* out) {
  if (kernel.size() == 1) return copy_image(image, shape, out);
  const auto [channels, height, width] = shape;
  const Index radius = static_cast<Index>(kernel.size()) / 2;
  std::vector<float> padded(static_cast<std::size_t>(width + 2 * radius));
  std::vector<float> rows(static_cast<std::size_t>(shape.pixels()));  // a plane, filtered along its rows
  for (Index channel = 0; channel < channels; ++channel) {
    const float* plane = image + channel * shape.pixels();
    for (Index y = 0; y < height; ++y) {
      const float* row = plane + y * width;
      std::fill_n(padded.begin(), radius, row[0]);
      std::copy_n(row, width, padded.begin() + radius);
      std::fill_n(padded.begin() + radius + width, radius, row[width - 1]);
      filter_row(padded.data(), kernel, width, rows.data() + y * width);
    }
    for (Index y = 0; y < height; ++y, out += width) {
      std::fill_n(out, width, 0.f);
      for (Index k = -radius; k <= radius; ++k)
        add_scaled(rows.data() + std::clamp<Index>(y + k, 0, height - 1) * width,
                   kernel[static_cast<std::size_t>(k + radius)], width, out);
    }
  }
}
