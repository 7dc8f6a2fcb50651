#include "shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

Shapes::Shapes(const ShapeOptions& options, const shoal::Random& random)
    : options_(options), noise_(random.fork("noise")), centers_(0, 0) {
  if (options_.kind != Kind::kBlobs) return;
  shoal::Random stream = random.fork("centers");
  centers_.resize(options_.classes, options_.features);
  for (Eigen::Index c = 0; c < centers_.rows(); ++c)
    for (Eigen::Index d = 0; d < centers_.cols(); ++d)
      centers_(c, d) = stream.uniform(-options_.center_box, options_.center_box);
}

void Shapes::point(std::int64_t example, std::span<double> out) const {
  const std::int64_t c = label(example);
  const auto j = static_cast<double>(example / options_.classes);
  const auto n = static_cast<double>((options_.examples - c + options_.classes - 1) / options_.classes);
  switch (options_.kind) {
    case Kind::kBlobs:
      for (std::size_t d = 0; d < out.size(); ++d) out[d] = centers_(c, static_cast<Eigen::Index>(d));
      break;
    case Kind::kMoons: {
      const double t = std::numbers::pi * j / std::max(n - 1, 1.0);
      out[0] = c == 0 ? std::cos(t) : 1 - std::cos(t);
      out[1] = c == 0 ? std::sin(t) : 0.5 - std::sin(t);
      break;
    }
    case Kind::kRings: {
      const double t = 2 * std::numbers::pi * j / n;
      const double radius = std::pow(options_.factor, static_cast<double>(c));
      out[0] = radius * std::cos(t);
      out[1] = radius * std::sin(t);
      break;
    }
  }
  if (options_.noise == 0) return;
  shoal::Random noise = noise_.fork(static_cast<std::uint64_t>(example));
  for (double& coordinate : out) coordinate += options_.noise * noise.normal();
}
