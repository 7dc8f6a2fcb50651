// libtorch_versions.h: everything that may differ between the versions of LibTorch that we build on, 2.6 and newer.
//
// So far that is what PyTorch itself calls private, its fused optimiser steps: one pass over memory for each parameter.
// All of 2.6 to 2.13 have them, with these arguments, for the CPU and CUDA.
#ifndef SHOAL_TORCH_LIBTORCH_VERSIONS_H_
#define SHOAL_TORCH_LIBTORCH_VERSIONS_H_

#include <ATen/core/Tensor.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>

#include "shoal/torch/optimizer.h"

namespace shoal::libtorch {

/// Lists of equal length, one entry a parameter. Of one parameter all tensors have the same strides.
struct AdamState {
  at::TensorList parameters, gradients, means, mean_squares, steps;  ///< steps: float32 scalars, this one counted
};

/// One step of Adam, or of AdamW where `options.method` says so.
inline void adam_step(const AdamState& state, double learning_rate, const OptimizerOptions& options) {
  const auto step = [&](auto fused) {
    fused(state.parameters, state.gradients, state.means, state.mean_squares, at::TensorList{}, state.steps,
          learning_rate, options.beta1, options.beta2, options.weight_decay, options.eps, /*amsgrad=*/false,
          /*maximize=*/false);
  };
  if (options.method == OptimizerMethod::kAdamW) {
    step([](auto&&... arguments) { at::_fused_adamw_(arguments...); });
  } else {
    step([](auto&&... arguments) { at::_fused_adam_(arguments...); });
  }
}

/// One step of SGD. `momenta` is empty where momentum is 0; at the first step it is written, not read.
inline void sgd_step(at::TensorList parameters, at::TensorList gradients, at::TensorList momenta, bool first_step,
                     double learning_rate, const OptimizerOptions& options) {
  at::_fused_sgd_(parameters, gradients, momenta, options.weight_decay, options.momentum, learning_rate,
                  /*dampening=*/0.0, options.nesterov, /*maximize=*/false, first_step);
}

}  // namespace shoal::libtorch

#endif  // SHOAL_TORCH_LIBTORCH_VERSIONS_H_
