#include "simclr.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>

#include <cmath>
#include <limits>

#include "shoal/matrix.h"

using shoal::Index;

shoal::Objective::Loss nt_xent(const std::vector<at::Tensor>& views, double temperature) {
  shoal::require_views(views, /*min_rows=*/2);
  const auto v = static_cast<Index>(views.size());
  const Index b = views[0].size(0), n = v * b;
  const at::Tensor unit = shoal::unit_rows(at::cat(views));
  const at::Tensor cosines = unit.matmul(unit.t());
  const at::Tensor itself = at::eye(n, cosines.options().dtype(at::kBool).requires_grad(false));
  const at::Tensor others = (cosines / temperature).masked_fill(itself, -std::numeric_limits<double>::infinity());

  // (V, V, B): of each example, all pairs of its views; those of a view with itself do not count.
  const at::Tensor of_example = cosines.view({v, b, v, b}).diagonal(0, 1, 3);
  const at::Tensor positive = of_example.sum() - of_example.diagonal(0, 0, 1).sum();
  const at::Tensor mean_positive = positive / static_cast<double>(v * (v - 1) * b);
  const at::Tensor negative = (cosines.sum() - of_example.sum()).detach() / static_cast<double>(v * v * b * (b - 1));
  return {.value = others.logsumexp(1).mean() - mean_positive / temperature,
          .diagnostics = {{"positive_similarity", mean_positive.detach()}, {"negative_similarity", negative}}};
}

std::optional<shoal::Objective::Collapse> Simclr::collapse(Index views, Index rows) const {
  return Collapse{std::log(static_cast<double>(views * rows - 1)),
                  "try a lower 'temperature' of the objective or batch norm in the encoder"};
}
