#include "shoal/plugin.h"

#include "joint_embedding.h"

void JointEmbeddingParams::describe(shoal::Schema<JointEmbeddingParams>& schema) {
  schema.field("epochs", &JointEmbeddingParams::epochs, "passes over the data").min(1);
  schema.field("batch_size", &JointEmbeddingParams::batch_size, "examples of a step, each of them seen in all views")
      .min(2);
  schema
      .field("projection", &JointEmbeddingParams::projection,
             "numbers that the head makes of an embedding for the objective; of objective/iic, its clusters")
      .min(1);
  schema.field("views", &JointEmbeddingParams::views, "how often the augmentation shows each example in a step").min(2);
  schema.field("clean_view", &JointEmbeddingParams::clean_view,
               "the first view is the example as it is; of objective/imsat, what the others are to agree with");
  schema
      .field("heads", &JointEmbeddingParams::heads,
             "how many heads are trained side by side, on the mean of their losses; the one with the lowest loss over "
             "the last epoch is given out")
      .min(1);
  schema
      .field("auxiliary_projection", &JointEmbeddingParams::auxiliary_projection,
             "numbers that as many auxiliary heads make of an embedding, which only help to train the encoder; of "
             "objective/iic, its over-clustering; 0: there are none")
      .min(0);
  schema
      .field(
          "auxiliary_turn", &JointEmbeddingParams::auxiliary_turn,
          "when auxiliary heads are trained: together with the others, or alternate: in an epoch of their own before "
          "each of the others'")
      .one_of({{"together", AuxiliaryTurn::kTogether}, {"alternate", AuxiliaryTurn::kAlternate}});
  shoal::describe_training(schema);
  schema.field("schedule", &JointEmbeddingParams::schedule, "how the learning rate goes over all steps")
      .one_of({{"constant", shoal::Schedule::kConstant}, {"cosine", shoal::Schedule::kCosine}});
  schema.field("warmup", &JointEmbeddingParams::warmup, "steps at the start over which the learning rate rises")
      .min(0)
      .unit("steps");
}

void JointEmbeddingParams::check() const {
  TrainingOptions::check();
  const bool alternate = auxiliary_turn == AuxiliaryTurn::kAlternate;
  shoal::require(!alternate || auxiliary_projection > 0,
                 "'auxiliary_turn' alternate needs an 'auxiliary_projection' of at least 1, but there is none");
  shoal::require(!alternate || epochs >= 2, "'auxiliary_turn' alternate needs at least 2 'epochs', but there is {}",
                 epochs);
}

SHOAL_PLUGIN("joint-embedding", "0.1.0", "an encoder taught by views of the same example, without labels") {
  plugin.add<JointEmbedding, JointEmbeddingParams>("trainer/joint-embedding")
      .random()
      .in<shoal::Dataset>("data", "examples to learn from; labels, if it has them, are not looked at")
      .in<shoal::Encoder>("encoder", "what is trained; the node that holds it stays as it is")
      .in<shoal::Head>("head", "from embeddings to the 'projection' that the objective is of")
      .in<shoal::Objective>("objective", "the loss over the views' projections")
      .in<shoal::Augmentation>("augmentation", "makes the views")
      .out<shoal::Encoder>("encoder", "the trained encoder")
      .out<shoal::Head>("head", "the trained head; of several, the one with the lowest loss over the last epoch")
      .out<shoal::Objective>("objective", "the objective, with the prototypes that it has learnt, if it has any")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each epoch, mean over its steps and heads", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each step, that of auxiliary heads added", SHOAL_LOWER)
      .out<shoal::Series>("auxiliary_loss", "of auxiliary heads, likewise", SHOAL_LOWER)
      .out<shoal::Series>("embedding_std",
                          "after each epoch, of at most 1024 examples: deviation of normalised embeddings · √E; 0: "
                          "collapsed",
                          SHOAL_HIGHER)
      .out<shoal::Series>("rank_me",
                          "after each epoch, of the same: RankMe, a smooth rank of the embeddings, from 1 to E",
                          SHOAL_HIGHER)
      .out<shoal::Series>("learning_rate", "at the end of each epoch");
}
