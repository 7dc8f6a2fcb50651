#include "shoal/torch/optimizer.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <numbers>

#include "libtorch_versions.h"
#include "shoal/torch/checkpoint.h"

namespace shoal {
namespace {

/// The gradient with the strides of its parameter: the fused steps walk through memory, not through indices.
at::Tensor gradient_of(const at::Tensor& parameter) {
  const at::Tensor& gradient = parameter.grad();
  if (gradient.strides() == parameter.strides()) return gradient;
  return at::empty_like(parameter).copy_(gradient);
}

double by_cosine(double from, double to, double part) {
  return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * part));
}

}  // namespace

Optimizer::Optimizer(const NamedTensors& parameters, const OptimizerOptions& options) : options_(options) {
  require(!options.nesterov || options.momentum > 0, "'nesterov' needs 'momentum' above 0, got {}", options.momentum);
  for (const auto& [name, parameter] : parameters) {
    require(parameter.is_non_overlapping_and_dense(), "parameter '{}' has gaps in memory or overlaps itself", name);
    parameters_.push_back(parameter);
  }
  first_.resize(parameters_.size());
  second_.resize(parameters_.size());
  steps_.resize(parameters_.size());
}

void Optimizer::zero_grad() {
  for (at::Tensor& parameter : parameters_) parameter.mutable_grad() = at::Tensor();
}

void Optimizer::step(double learning_rate) {
  const c10::NoGradGuard no_grad;
  const bool adam = options_.method != OptimizerMethod::kSgd;
  const bool momentum = adam || options_.momentum != 0;
  // Lists for parameters at their first step ([1]) and later ones ([0]): SGD treats them differently.
  std::vector<at::Tensor> parameters[2], gradients[2], first[2], second[2], steps[2];
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].grad().defined()) continue;
    const bool is_first = momentum && !first_[i].defined();
    if (is_first) first_[i] = at::zeros_like(parameters_[i]);
    if (is_first && adam) {
      second_[i] = at::zeros_like(parameters_[i]);
      steps_[i] = at::zeros({}, parameters_[i].options());
    }
    const int list = is_first ? 1 : 0;
    parameters[list].push_back(parameters_[i]);
    gradients[list].push_back(gradient_of(parameters_[i]));
    if (momentum) first[list].push_back(first_[i]);
    if (adam) {
      second[list].push_back(second_[i]);
      steps[list].push_back(steps_[i].add_(1));
    }
  }
  for (const int list : {0, 1}) {
    if (parameters[list].empty()) continue;
    if (adam) {
      libtorch::adam_step({parameters[list], gradients[list], first[list], second[list], steps[list]}, learning_rate,
                          options_);
    } else {
      libtorch::sgd_step(parameters[list], gradients[list], first[list], list == 1, learning_rate, options_);
    }
  }
}

void Optimizer::save(StateWriter& state, const std::string& prefix) const {
  std::vector<std::int64_t> stepped;  // 1: has made a step; what has made none keeps nothing
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    stepped.push_back(first_[i].defined() ? 1 : 0);
    const std::string name = text("{}.{}", prefix, i);
    if (first_[i].defined()) save_tensor(state, name + ".first", first_[i]);
    if (second_[i].defined()) save_tensor(state, name + ".second", second_[i]);
    if (steps_[i].defined()) save_tensor(state, name + ".steps", steps_[i]);
  }
  if (!stepped.empty()) state.put(prefix + ".stepped", ConstArray(stepped));
}

void Optimizer::load(const StateReader& state, const std::string& prefix) {
  if (parameters_.empty()) return;
  const auto stepped = load_vector<std::int64_t>(state, prefix + ".stepped");
  require(stepped.size() == parameters_.size(), "'{}' of the saved state is of {} parameters, not {}", prefix,
          stepped.size(), parameters_.size());
  const bool adam = options_.method != OptimizerMethod::kSgd;
  std::vector<at::Tensor> first(parameters_.size()), second = first, steps = first;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (stepped[i] == 0) continue;
    const std::string name = text("{}.{}", prefix, i);
    first[i] = at::zeros_like(parameters_[i]);  // with the strides of its parameter, as step makes it
    load_tensor(state, name + ".first", first[i]);
    if (!adam) continue;
    second[i] = at::zeros_like(parameters_[i]);
    steps[i] = at::zeros({}, parameters_[i].options());
    load_tensor(state, name + ".second", second[i]);
    load_tensor(state, name + ".steps", steps[i]);
  }
  first_ = std::move(first);
  second_ = std::move(second);
  steps_ = std::move(steps);
}

void clip_gradients(const NamedTensors& parameters, double clip_norm) {
  require(clip_norm > 0, "'clip_norm' must be above 0 where gradients are clipped, but is {}", clip_norm);
  const auto norm_of = [](const at::Tensor& x) {
    return at::linalg_vector_norm(x, /*ord=*/2, /*dim=*/{}, /*keepdim=*/false, at::kDouble);
  };
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> gradients, norms;
  for (const auto& [name, parameter] : parameters) {
    if (!parameter.grad().defined()) continue;
    gradients.push_back(parameter.grad());
    norms.push_back(norm_of(parameter.grad()));
  }
  if (gradients.empty()) return;
  // The factor stays where the gradients are: to ask a GPU for it is to wait. It is exactly 1 for a norm up to the
  // limit, which PyTorch's clip_grad_norm_ misses by the 1e-6 that it adds to the norm; a norm of 0 makes it 1, not
  // NaN.
  const at::Tensor factor = norm_of(at::stack(norms)).reciprocal_().mul_(clip_norm).clamp_max_(1);
  for (at::Tensor& gradient : gradients) gradient.mul_(factor);
}

double schedule_factor(Schedule schedule, Index step, Index total, const ScheduleOptions& options) {
  const auto& [warmup, drop_every, drop_factor] = options;
  require(total >= 1 && step >= 0 && step <= total, "step {} of {} does not exist", step, total);
  require(warmup >= 0, "'warmup' must be at least 0, but is {}", warmup);
  require(warmup == 0 || schedule != Schedule::kOneCycle,
          "a one-cycle schedule rises by itself: 'warmup' must be 0, but is {}", warmup);
  require(schedule != Schedule::kStep || (drop_every >= 1 && drop_factor > 0),
          "a step schedule drops after at least 1 step by a factor above 0, got {} steps and a factor of {}",
          drop_every, drop_factor);
  if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
  const auto part = [](double done, double all) { return all <= 0 ? 1.0 : done / all; };
  const auto now = static_cast<double>(step);
  const auto end = static_cast<double>(total);
  switch (schedule) {
    case Schedule::kConstant: return 1;
    case Schedule::kCosine: {
      const auto start = static_cast<double>(warmup);
      return by_cosine(1, 0, part(now - start, end - start));
    }
    case Schedule::kStep: return std::pow(drop_factor, static_cast<double>(step / drop_every));
    case Schedule::kOneCycle: break;
  }
  const double top = 0.3 * end;
  return now < top ? by_cosine(1.0 / 25, 1, now / top) : by_cosine(1, 1e-4, (now - top) / (end - top));
}

}  // namespace shoal
