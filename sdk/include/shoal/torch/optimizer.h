// shoal/torch/optimizer.h: optimisers and schedules for trainers, on LibTorch's fused kernels.
#ifndef SHOAL_TORCH_OPTIMIZER_H_
#define SHOAL_TORCH_OPTIMIZER_H_

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "shoal/array.h"
#include "shoal/component.h"
#include "shoal/torch/tensor.h"

namespace [[gnu::visibility("hidden")]] shoal {

enum class OptimizerMethod { kAdam, kAdamW, kSgd };  ///< Adam, AdamW, SGD

/// Names, meanings and defaults are PyTorch's.
struct OptimizerOptions {
  OptimizerMethod method = OptimizerMethod::kAdam;  ///< how steps are made
  double learning_rate = 1e-3;                      ///< unless a step says its own
  double weight_decay = 0;                          ///< L2; of adamw, decoupled
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;    ///< Adam: Kingma and Ba 2015; AdamW: Loshchilov and Hutter 2019
  double momentum = 0.9;                            ///< SGD
  bool nesterov = false;                            ///< of SGD
};

/// Moves parameters against their gradients. Parameters without a gradient are left alone.
class Optimizer {
 public:
  Optimizer(const NamedTensors& parameters, const OptimizerOptions& options);
  void zero_grad();  ///< before a step's backward pass
  /// One step at the given learning rate.
  void step(double learning_rate);
  void step() { step(options_.learning_rate); }

  /// What steps so far have left: moments and counts, under names that begin with `prefix`. An optimiser of the same
  /// parameters and options that loads them goes on as this one would.
  void save(StateWriter& state, const std::string& prefix) const;
  /// Throws InputError  the state is of other parameters or another method; the optimiser is then as before
  void load(const StateReader& state, const std::string& prefix);

 private:
  OptimizerOptions options_;
  std::vector<at::Tensor> parameters_, first_, second_, steps_;  // first_: mean or momentum; second_: mean of squares
};

/// Scales the gradients of all `parameters` by one factor, so that their L2 norm, all of them being one vector, is at
/// most `clip_norm` > 0. Shorter ones stay bit for bit. Parameters without a gradient are left alone. Source: Pascanu,
/// Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
void clip_gradients(const NamedTensors& parameters, double clip_norm);

enum class Schedule { kConstant, kCosine, kOneCycle, kStep };  ///< of a learning rate over all steps

/// What a schedule needs beside its steps.
struct ScheduleOptions {
  Index warmup = 0;          ///< steps over which the rate first rises; not of one-cycle
  Index drop_every = 0;      ///< of step: steps from one drop to the next, ≥ 1
  double drop_factor = 0.1;  ///< of step: what each drop multiplies the rate by, > 0
};

/// The factor on the base learning rate at `step`, 0 ≤ step ≤ total:
///   constant   1
///   cosine     ½(1 + cos(π·step/total)); after w warmup steps, of (step − w)/(total − w)
///   one-cycle  rises over the first 30 % from 1/25 to 1 and falls to 1/10000, both by cosine: Smith and Topin 2019
///   step       drop_factor^⌊step/drop_every⌋, the warmup's steps counted too
/// Before all but one-cycle come `warmup` steps that rise linearly, from 1/warmup to 1.
/// Throws InputError  a step that does not exist, a warmup for one-cycle, which has its own, or no drop_every for step
double schedule_factor(Schedule schedule, Index step, Index total, const ScheduleOptions& options = {});

}  // namespace shoal

#endif  // SHOAL_TORCH_OPTIMIZER_H_
