// shoal/torch/testing_gradient.h: random tensors, and whether a loss has the gradient that it says.
#ifndef SHOAL_TORCH_TESTING_GRADIENT_H_
#define SHOAL_TORCH_TESTING_GRADIENT_H_

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "shoal/random.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// Standard normal numbers, float64.
inline at::Tensor normal(std::uint64_t seed, at::IntArrayRef shape) {
  at::Tensor out = at::empty(shape, at::kDouble);
  Random random(seed);
  for (std::int64_t i = 0; i < out.numel(); ++i) out.mutable_data_ptr<double>()[i] = random.normal();
  return out;
}

/// `count` views (B, D) of the same examples, float64: a common part and one of their own.
inline std::vector<at::Tensor> normal_views(std::uint64_t seed, std::int64_t count, std::int64_t b, std::int64_t d) {
  std::vector<at::Tensor> out;
  for (std::int64_t v = 0; v < count; ++v)
    out.push_back(normal(seed, {b, d}).add(normal(seed + 1 + static_cast<std::uint64_t>(v), {b, d}), 0.3));
  return out;
}

/// The largest difference, over all numbers of all inputs (float64, contiguous), between the gradient of `f(inputs)`, a
/// scalar, and the central difference (f(x + step) − f(x − step)) / 2step.
template <typename F>
double gradient_error(std::vector<at::Tensor> inputs, F&& f, double step = 1e-5) {
  for (at::Tensor& input : inputs) input = input.detach().clone().set_requires_grad(true);
  f(inputs).backward();
  const c10::NoGradGuard no_grad;
  double worst = 0;
  for (at::Tensor& input : inputs) {
    const at::Tensor gradient = input.grad().contiguous();
    double* values = input.mutable_data_ptr<double>();
    for (std::int64_t i = 0; i < input.numel(); ++i) {
      const double x = values[i];
      values[i] = x + step;
      const double above = f(inputs).template item<double>();
      values[i] = x - step;
      const double below = f(inputs).template item<double>();
      values[i] = x;
      worst = std::max(worst, std::abs((above - below) / (2 * step) - gradient.const_data_ptr<double>()[i]));
    }
  }
  return worst;
}

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TORCH_TESTING_GRADIENT_H_
