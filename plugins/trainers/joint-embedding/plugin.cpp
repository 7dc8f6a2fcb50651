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
  shoal::describe_training(schema);
  schema.field("schedule", &JointEmbeddingParams::schedule, "how the learning rate goes over all steps")
      .one_of({{"constant", shoal::Schedule::kConstant}, {"cosine", shoal::Schedule::kCosine}});
  schema.field("warmup", &JointEmbeddingParams::warmup, "steps at the start over which the learning rate rises")
      .min(0)
      .unit("steps");
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
      .out<shoal::Head>("head", "the trained head")
      .out<shoal::Objective>("objective", "the objective, with the prototypes that it has learnt, if it has any")
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each epoch, mean over its steps", SHOAL_LOWER)
      .out<shoal::Series>("step_loss", "of each step", SHOAL_LOWER)
      .out<shoal::Series>("embedding_std",
                          "after each epoch, of at most 1024 examples: deviation of normalised embeddings · √E; 0: "
                          "collapsed",
                          SHOAL_HIGHER)
      .out<shoal::Series>("rank_me",
                          "after each epoch, of the same: RankMe, a smooth rank of the embeddings, from 1 to E",
                          SHOAL_HIGHER)
      .out<shoal::Series>("learning_rate", "at the end of each epoch");
}
