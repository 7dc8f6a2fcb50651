#include "shoal/torch/reconstruction.h"

#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/mse_loss.h>

#include <algorithm>

namespace shoal {

void require_reconstructible(const ReconstructionOptions& options, const Examples& examples, bool augmented) {
  require(options.target == ReconstructionTarget::kClean || augmented,
          "target 'augmented' needs an augmentation, but none is wired");
  if (options.loss != ReconstructionLoss::kBce || examples.info().dtype == DType::kUInt8) return;
  constexpr Index kBlock = 1024;
  for (Index from = 0; from < examples.count(); from += kBlock) {
    const at::Tensor block = examples.range(from, std::min(from + kBlock, examples.count()));
    const float least = block.min().item<float>(), greatest = block.max().item<float>();
    require(least >= 0 && greatest <= 1, "loss 'bce' needs examples in [0, 1], but 'data' hold {}",
            least < 0 ? least : greatest);
  }
}

at::Tensor reconstruction_loss(Decoder& decoder, const at::Tensor& embedding, const Batches::Batch& batch,
                               const ReconstructionOptions& options, const Compute& compute) {
  const at::Tensor decoded = compute([&] { return decoder.decode(embedding); });
  const at::Tensor target =
      (options.target == ReconstructionTarget::kClean ? batch.clean : batch.seen).to(decoded.device());
  require(decoded.sizes() == target.sizes(), "the decoder must return examples of shape {}, but returns {}",
          to_string(Shape(target.sizes().vec())), to_string(Shape(decoded.sizes().vec())));
  return options.loss == ReconstructionLoss::kMse ? at::mse_loss(decoded, target)
                                                  : at::binary_cross_entropy_with_logits(decoded, target);
}

}  // namespace shoal
