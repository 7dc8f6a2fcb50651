#include "elastic.h"

#include <array>
#include <cmath>
#include <numbers>

#include "bilinear.h"

using shoal::Index;

namespace {

/// One axis of the lattice: each pixel is a mix of four nodes, with the values of the cubic B-spline there.
struct Axis {
  Index nodes;
  std::vector<Index> first;                   // for each pixel, of its four
  std::vector<std::array<float, 4>> weights;  // they sum to 1
};

/// `phase` in [0, 1): where between nodes pixel 0 lies.
Axis make_axis(Index pixels, double spacing, double phase) {
  Axis axis{0, {}, {}};
  for (Index i = 0; i < pixels; ++i) {
    const double at = static_cast<double>(i) / spacing + phase;
    const double u = at - std::floor(at), v = 1 - u;
    axis.first.push_back(static_cast<Index>(at));
    axis.weights.push_back({static_cast<float>(v * v * v / 6), static_cast<float>((3 * u * u * (u - 2) + 4) / 6),
                            static_cast<float>((3 * v * v * (v - 2) + 4) / 6), static_cast<float>(u * u * u / 6)});
  }
  axis.nodes = axis.first.back() + 4;
  return axis;
}

/// A field (pixels of `rows` · pixels of `columns`) of noise on the lattice, of standard deviation `scale` there.
std::vector<float> draw_field(const Axis& rows, const Axis& columns, double scale, shoal::Random& random) {
  const std::size_t width = columns.first.size(), height = rows.first.size();
  std::vector<float> nodes(static_cast<std::size_t>(columns.nodes));
  std::vector<float> lines(static_cast<std::size_t>(rows.nodes) * width);  // the lattice's rows, at every pixel
  for (float* line = lines.data(); line != lines.data() + lines.size(); line += width) {
    for (float& node : nodes) node = static_cast<float>(scale * random.normal());
    for (std::size_t x = 0; x < width; ++x) {
      const float* n = nodes.data() + columns.first[x];
      const std::array<float, 4>& w = columns.weights[x];
      line[x] = w[0] * n[0] + w[1] * n[1] + w[2] * n[2] + w[3] * n[3];
    }
  }
  std::vector<float> field(height * width);
  for (std::size_t y = 0; y < height; ++y) {
    const float* line = lines.data() + static_cast<std::size_t>(rows.first[y]) * width;
    const std::array<float, 4>& w = rows.weights[y];
    for (std::size_t x = 0; x < width; ++x)
      field[y * width + x] =
          w[0] * line[x] + w[1] * line[x + width] + w[2] * line[x + 2 * width] + w[3] * line[x + 3 * width];
  }
  return field;
}

}  // namespace

Displacement draw_displacement(const ElasticRanges& ranges, const ImageShape& shape, shoal::Random random) {
  if (ranges.alpha == 0) return {};
  const double spacing = std::numbers::sqrt3 * ranges.sigma;  // the cubic B-spline's own variance is spacing²/3
  const double across = random.uniform(), down = random.uniform();
  const Axis columns = make_axis(shape.width, spacing, across), rows = make_axis(shape.height, spacing, down);
  // At a place that lies at random among the nodes, squares of an axis' four weights sum to 151/315 on average.
  const double scale = ranges.alpha / std::numbers::sqrt2 * 315 / 151;
  Displacement out;
  out.right = draw_field(rows, columns, scale, random);
  out.down = draw_field(rows, columns, scale, random);
  return out;
}

void displace(const float* image, const ImageShape& shape, const Displacement& displacement, float fill, float* out) {
  if (displacement.right.empty()) return copy_image(image, shape, out);
  std::size_t i = 0;
  for (Index y = 0; y < shape.height; ++y)
    for (Index x = 0; x < shape.width; ++x, ++i)
      look_at(image, shape, static_cast<double>(x) + displacement.right[i],
              static_cast<double>(y) + displacement.down[i], fill, out + i);
}
