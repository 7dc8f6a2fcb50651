#include "layout.h"

#include <algorithm>
#include <cmath>

using shoal::Context;
using shoal::Index;
using shoal::Random;
using shoal::RowMatrix;

namespace {

constexpr Index kGroups = 16;
constexpr Index kRows = 64;  // of a task

/// The steps of one vertex.
class Mover {
 public:
  Mover(const LayoutOptions& options, Index dims)
      : a_(static_cast<float>(options.curve.a)), b_(static_cast<float>(options.curve.b)), dims_(dims) {}

  /// Sets how far a step goes.
  void set_rate(double rate) { rate_ = static_cast<float>(rate); }

  void attract(float* place, const float* other) const {
    const float d2 = squared_distance(place, other);
    if (!(d2 > 0)) return;
    const float power = std::pow(d2, b_);
    step(place, other, -2 * a_ * b_ * power / d2 / (a_ * power + 1));
  }

  void repel(float* place, const float* other) const {
    const float d2 = squared_distance(place, other);
    if (!(d2 > 0)) return;  // itself, or where no direction is away
    step(place, other, 2 * b_ / ((0.001F + d2) * (a_ * std::pow(d2, b_) + 1)));
  }

 private:
  float squared_distance(const float* x, const float* y) const {
    float sum = 0;
    for (Index c = 0; c < dims_; ++c) sum += (x[c] - y[c]) * (x[c] - y[c]);
    return sum;
  }
  void step(float* place, const float* other, float pull) const {
    constexpr float kMost = 4;
    for (Index c = 0; c < dims_; ++c) place[c] += rate_ * std::clamp(pull * (place[c] - other[c]), -kMost, kMost);
  }

  float a_, b_, rate_ = 0;
  Index dims_;
};

bool acts(double share, Index epoch) {
  return std::floor(share * static_cast<double>(epoch)) > std::floor(share * static_cast<double>(epoch - 1));
}

double rate_of(const LayoutOptions& options, Index epoch) {
  return options.learning_rate * (1 - static_cast<double>(epoch - 1) / static_cast<double>(options.epochs));
}

}  // namespace

void lay_out(const Context& context, const FuzzyGraph& graph, const LayoutOptions& options, const Random& random,
             RowMatrix<float>& places) {
  if (graph.weight.empty()) return;
  const Index n = places.rows(), dims = places.cols();
  const double most = *std::max_element(graph.weight.begin(), graph.weight.end());
  Mover mover(options, dims);
  RowMatrix<float> moved((n + kGroups - 1) / kGroups, dims);

  // Moves vertex i, whose place is `place`, by its edges that act in this epoch; `pushes` negative samples for each.
  const auto move = [&](Index i, Index epoch, Index pushes, Random draw, float* place) {
    const auto neighbors = graph.neighbors(i);
    const auto weights = graph.weights(i);
    for (std::size_t e = 0; e < neighbors.size(); ++e) {
      if (!acts(weights[e] / most, epoch)) continue;
      mover.attract(place, places.data() + neighbors[e] * dims);
      for (Index s = 0; s < pushes; ++s) {
        const Index other = draw.below(n);
        if (other != i) mover.repel(place, places.data() + other * dims);
      }
    }
  };
  const auto move_all = [&](Index epoch, Index pushes) {
    const Random chance = random.fork(static_cast<std::uint64_t>(epoch));
    for (Index group = 0; group < std::min(kGroups, n); ++group) {
      const Index size = (n - group + kGroups - 1) / kGroups;
      context.parallel_for(size, kRows, [&](Index from, Index to) {
        for (Index row = from; row < to; ++row) {
          const Index i = group + row * kGroups;
          moved.row(row) = places.row(i);
          move(i, epoch, pushes, chance.fork(static_cast<std::uint64_t>(i)), moved.data() + row * dims);
        }
      });
      for (Index row = 0; row < size; ++row) places.row(group + row * kGroups) = moved.row(row);
    }
  };
  for (Index epoch = 1; epoch <= options.epochs; ++epoch) {
    context.progress(epoch - 1, options.epochs, "epochs");
    mover.set_rate(rate_of(options, epoch));
    move_all(epoch, options.negative_samples);
    move_all(epoch, 0);
  }
}

void lay_out_new(const Context& context, std::span<const Index> neighbors, std::span<const double> weights, Index m,
                 const RowMatrix<float>& fixed, const LayoutOptions& options, const Random& random,
                 RowMatrix<float>& places) {
  const Index n = fixed.rows(), dims = fixed.cols();
  context.parallel_for(places.rows(), kRows, [&](Index from, Index to) {
    Mover mover(options, dims);
    for (Index i = from; i < to; ++i) {
      Random draw = random.fork(static_cast<std::uint64_t>(i));
      const auto row = static_cast<std::size_t>(i * m), count = static_cast<std::size_t>(m);
      const auto w = weights.subspan(row, count);
      const double most = *std::max_element(w.begin(), w.end());
      float* place = places.data() + i * dims;
      for (Index epoch = 1; epoch <= options.epochs; ++epoch) {
        mover.set_rate(rate_of(options, epoch));
        for (std::size_t e = 0; e < count; ++e) {
          if (!acts(w[e] / most, epoch)) continue;
          mover.attract(place, fixed.data() + neighbors[row + e] * dims);
          for (Index s = 0; s < options.negative_samples; ++s) mover.repel(place, fixed.data() + draw.below(n) * dims);
        }
      }
    }
  });
}
