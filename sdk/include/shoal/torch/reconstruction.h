// shoal/torch/reconstruction.h: what trainers of autoencoders have in common.
#ifndef SHOAL_TORCH_RECONSTRUCTION_H_
#define SHOAL_TORCH_RECONSTRUCTION_H_

#include <ATen/core/Tensor.h>

#include "shoal/schema.h"
#include "shoal/torch/training.h"

namespace [[gnu::visibility("hidden")]] shoal {

enum class ReconstructionLoss { kMse, kBce };            ///< how two examples are compared
enum class ReconstructionTarget { kClean, kAugmented };  ///< what comes back is compared with

struct ReconstructionOptions {
  ReconstructionLoss loss = ReconstructionLoss::kMse;          ///< how examples are compared
  ReconstructionTarget target = ReconstructionTarget::kClean;  ///< with what
};

/// Throws InputError  the target is the augmented example, but there is no augmentation; or the loss is bce, but an
///                    example is outside [0, 1]
void require_reconstructible(const ReconstructionOptions& options, const Examples& examples, bool augmented);

/// The mean loss, a scalar, over all numbers of what `decoder` makes of an embedding (B, E) of `batch`:
///   mse  of (decoded − target)²
///   bce  of −t·ln s(d) − (1 − t)·ln(1 − s(d)), s the logistic function: what is decoded are then logits
at::Tensor reconstruction_loss(Decoder& decoder, const at::Tensor& embedding, const Batches::Batch& batch,
                               const ReconstructionOptions& options, const Compute& compute = {});

/// Declares ReconstructionOptions among a trainer's parameters, which derive from it.
template <typename Params>
void describe_reconstruction(Schema<Params>& schema) {
  const auto own = []<typename T>(T ReconstructionOptions::*member) -> T Params::* { return member; };
  schema
      .field("loss", own(&ReconstructionOptions::loss),
             "between what is decoded and the target, mean over all numbers: squared differences, or binary cross "
             "entropy, for which examples are in [0, 1] and what is decoded are logits")
      .one_of({{"mse", ReconstructionLoss::kMse}, {"bce", ReconstructionLoss::kBce}});
  schema
      .field("target", own(&ReconstructionOptions::target),
             "what is to be reconstructed: the example as it is, or as it was augmented")
      .one_of({{"clean", ReconstructionTarget::kClean}, {"augmented", ReconstructionTarget::kAugmented}});
}

}  // namespace shoal

#endif  // SHOAL_TORCH_RECONSTRUCTION_H_
