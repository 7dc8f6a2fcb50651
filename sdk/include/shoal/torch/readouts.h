// shoal/torch/readouts.h: encoders and heads that can be read on the way to what they give. Torch tier.
#ifndef SHOAL_TORCH_READOUTS_H_
#define SHOAL_TORCH_READOUTS_H_

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "shoal/component.h"
#include "shoal/torch/bridge.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// An encoder or a head that can be read on its way, after a block or a hidden layer. Deriving from this *is* the trait
/// `readouts`. Who wants to read asks a Reader (shoal/torch/reader.h), which finds places by name.
///
/// Threads and purity are as of the component's own forward, of whose computation a readout is the first part.
class Readouts {
 public:
  virtual ~Readouts() = default;

  struct Place {
    std::string name;    ///< `conv2`, `hidden1`: counted from 1, as the component's parameters name them; unique
    Index features = 0;  ///< F, the numbers that are read of an example
  };
  /// In order, first the one next to the input; without the output itself. Known after build.
  virtual std::vector<Place> readouts() const = 0;

  /// What forward has computed of `input` (B, …) at readouts()[place], after the activation: (B, F), flattened.
  virtual at::Tensor forward_to(std::size_t place, const at::Tensor& input) = 0;
};

namespace detail {
template <>
struct Bridge<Readouts> : TorchBridge<Readouts> {
  static constexpr const char* kId = "torch.readouts/1";
};
}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_TORCH_READOUTS_H_
