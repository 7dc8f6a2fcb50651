// map_batches.h: a whole dataset through modules, batch by batch.
#ifndef SHOAL_SDK_TORCH_MAP_BATCHES_H_
#define SHOAL_SDK_TORCH_MAP_BATCHES_H_

#include <ATen/core/Tensor.h>

#include <functional>

#include "shoal/torch/examples.h"
#include "shoal/torch/module.h"

namespace shoal {

/// Puts a module into eval mode and back, whatever happens.
class EvalMode {
 public:
  explicit EvalMode(Module& module) : module_(module), training_(module.training()) { module_.train(false); }
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;
  ~EvalMode() { module_.train(training_); }

 private:
  Module& module_;
  bool training_;
};

/// What `map` makes of all examples, batch by batch and without gradients, in one tensor (N, D) on the CPU: `out`, or a
/// new one where that is undefined. `map` is given examples on the CPU and the batch's number.
at::Tensor map_batches(Context& context, const Examples& examples, Index batch_size,
                       const std::function<at::Tensor(const at::Tensor&, Index batch)>& map, at::Tensor out = {});

}  // namespace shoal

#endif  // SHOAL_SDK_TORCH_MAP_BATCHES_H_
