// joint_embedding.h: an encoder taught by views of the same example, without labels.
#ifndef SHOAL_PLUGINS_TRAINERS_JOINT_EMBEDDING_JOINT_EMBEDDING_H_
#define SHOAL_PLUGINS_TRAINERS_JOINT_EMBEDDING_JOINT_EMBEDDING_H_

#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

enum class AuxiliaryTurn { kTogether, kAlternate };

struct JointEmbeddingParams : shoal::TrainingOptions {
  std::int64_t epochs = 10;
  std::int64_t batch_size = 256;
  std::int64_t projection = 64;
  std::int64_t views = 2;
  bool clean_view = false;
  std::int64_t heads = 1;
  std::int64_t auxiliary_projection = 0;
  AuxiliaryTurn auxiliary_turn = AuxiliaryTurn::kTogether;
  shoal::Schedule schedule = shoal::Schedule::kCosine;
  std::int64_t warmup = 0;

  static void describe(shoal::Schema<JointEmbeddingParams>& schema);
  /// Throws InputError for values that do not go together.
  void check() const;
};

/// For each step: V augmented views of a batch of B examples, together through encoder and head in one forward pass of
/// V·B, and a step of all parameters, the objective's too, on the objective's loss of the V outputs.
///
/// Batch norm so sees all views together, as in SimCLR and SwAV: its statistics are of V·B, and no view can be told by
/// its own. (The authors of VICReg and Barlow Twins send one view after the other.)
///
/// There may be several heads, each with an objective of its own: the step's loss is their mean, and the one with the
/// lowest loss over the last epoch is given out. Auxiliary heads, of another number of outputs, only help the encoder:
/// their mean loss is added, or they have every other epoch to themselves. With objective/iic these are the sub-heads
/// and the over-clustering head of Ji, Henriques, Vedaldi, ICCV 2019.
///
/// These losses depend on B, so every step has B examples: an epoch takes ⌊N/B⌋ batches in a new random order, and
/// leaves out the N mod B last, which are others each time.
class JointEmbedding final : public shoal::Trainer {
 public:
  explicit JointEmbedding(const JointEmbeddingParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  JointEmbeddingParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_JOINT_EMBEDDING_JOINT_EMBEDDING_H_
