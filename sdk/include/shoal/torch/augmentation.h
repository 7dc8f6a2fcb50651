// shoal/torch/augmentation.h: the kind "augmentation". Torch tier.
#ifndef SHOAL_TORCH_AUGMENTATION_H_
#define SHOAL_TORCH_AUGMENTATION_H_

#include <ATen/core/Tensor.h>

#include "shoal/component.h"
#include "shoal/torch/bridge.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// A random map of a batch of images that leaves what they show as it was. Two calls give two views.
///
/// Threads  apply may run on several threads at once; it works on the host's pool alone.
/// Purity   example i of the batch draws from random.fork(i) only: one draw per example, the same for any number of
///          threads. Zero ranges of all parameters are the identity, bit for bit.
class Augmentation : public Component {
 public:
  static constexpr const char* kKind = "augmentation";

  /// (B, C, H, W) float32 in [0, 1], on the CPU, contiguous → the same shape. The argument is not changed.
  virtual at::Tensor apply(Context& context, const at::Tensor& batch, const Random& random) const = 0;

  using Interfaces = InterfaceList<Augmentation, TakesInputs>;
};

namespace detail {
template <>
struct Bridge<Augmentation> : TorchBridge<Augmentation> {
  static constexpr const char* kId = "torch.augmentation/1";
};
}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_TORCH_AUGMENTATION_H_
