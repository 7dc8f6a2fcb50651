#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <c10/core/GradMode.h>
#include <torch/optim/lbfgs.h>

#include "logistic_regression.h"

at::Tensor minimise(const at::Tensor& start, shoal::Index max_iter,
                    const std::function<double(const at::Tensor& at, at::Tensor& gradient)>& value_and_gradient) {
  at::Tensor point = start.clone();
  torch::optim::LBFGS solver(
      {point}, torch::optim::LBFGSOptions(1).max_iter(max_iter).history_size(10).line_search_fn("strong_wolfe"));
  solver.step([&] {
    const c10::NoGradGuard no_grad;
    at::Tensor gradient = at::empty_like(point);
    const double value = value_and_gradient(point, gradient);
    point.mutable_grad() = gradient;
    return at::scalar_tensor(value, at::TensorOptions(at::kDouble));
  });
  point.mutable_grad() = at::Tensor();
  return point;
}
