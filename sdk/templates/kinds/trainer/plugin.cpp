// trainer/@name@: an encoder and a head, trained on labels.
#include "shoal/plugin.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "shoal/torch/checkpoint.h"
#include "shoal/torch/trainer.h"
#include "shoal/torch/training.h"

namespace {

using shoal::Index;

struct Params : shoal::TrainingOptions {
  std::int64_t epochs = 5;
  std::int64_t batch_size = 128;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("epochs", &Params::epochs, "passes over the data").min(1);
    schema.field("batch_size", &Params::batch_size, "examples of a step").min(1);
    shoal::describe_training(schema);
  }
};

/// Steps down the gradient of the head's loss, batch by batch, each epoch in a random order of its own. A run that was
/// killed goes on from its last checkpoint, to the same bytes.
class @class@ final : public shoal::Trainer {
 public:
  explicit @class@(const Params& params) : params_(params) {}

  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const auto dataset = inputs.dataset("data");
    const shoal::Examples examples(context, *dataset);
    auto encoder = inputs.encoder("encoder", examples.shape());
    auto head = inputs.head("head", encoder->embedding_size(), examples.classes());
    const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
    shoal::Optimizer encoder_optimizer(encoder->parameters(), params_), head_optimizer(head->parameters(), params_);
    const shoal::Learner learner{.examples = examples,
                                 .encoder = *encoder,
                                 .head = *head,
                                 .encoder_optimizer = encoder_optimizer,
                                 .head_optimizer = head_optimizer,
                                 .compute = compute,
                                 .clip_norm = params_.clip_norm};

    const shoal::Checkpoint checkpoint(context, "epoch");
    const Index done = checkpoint.restore([&](const shoal::StateReader& state) {
      shoal::load_tensors(state, "encoder", encoder->state());
      shoal::load_tensors(state, "head", head->state());
      encoder_optimizer.load(state, "encoder optimizer");
      head_optimizer.load(state, "head optimizer");
    });
    for (Index epoch = done + 1; epoch <= params_.epochs; ++epoch) {
      const shoal::EpochResult result = train(context, learner, epoch);
      context.scalar("train_loss", result.loss, epoch);
      context.scalar("train_accuracy", result.accuracy, epoch);
      checkpoint.offer(epoch, [&](shoal::StateWriter& state) {
        shoal::save_tensors(state, "encoder", encoder->state());
        shoal::save_tensors(state, "head", head->state());
        encoder_optimizer.save(state, "encoder optimizer");
        head_optimizer.save(state, "head optimizer");
      });
    }

    outputs.number("accuracy", shoal::accuracy(shoal::predict_logits(context, *encoder, *head, examples, compute),
                                               examples.labels()));
    outputs.encoder("encoder", std::move(encoder));
    outputs.head("head", std::move(head));
  }

 private:
  shoal::EpochResult train(shoal::Context& context, const shoal::Learner& learner, Index number) const {
    std::vector<Index> rows(static_cast<std::size_t>(learner.examples.count()));
    std::iota(rows.begin(), rows.end(), 0);
    shoal::Random order = context.random("order").fork(static_cast<std::uint64_t>(number));
    for (std::size_t i = rows.size(); i > 1; --i)
      std::swap(rows[i - 1], rows[static_cast<std::size_t>(order.below(static_cast<Index>(i)))]);
    const Index steps = shoal::steps_per_epoch(learner.examples.count(), params_.batch_size);
    return shoal::train_epoch(context, learner,
                              {.number = number,
                               .rows = rows,
                               .labels = learner.examples.labels(),
                               .batch_size = params_.batch_size,
                               .steps_before = (number - 1) * steps,
                               .steps_in_all = params_.epochs * steps,
                               .views = context.random("views").fork(static_cast<std::uint64_t>(number)),
                               .learning_rate = [this](Index) { return params_.learning_rate; }});
  }

  Params params_;
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "an encoder and a head, trained on labels") {
  plugin.add<@class@, Params>("trainer/@name@")
      .random()
      .in<shoal::Dataset>("data", "labelled examples to learn from")
      .in<shoal::Encoder>("encoder", "what is trained; the node that holds it stays as it is")
      .in<shoal::Head>("head", "from embeddings to classes, and the loss")
      .out<shoal::Encoder>("encoder", "the trained encoder")
      .out<shoal::Head>("head", "the trained head")
      .out<shoal::Number>("accuracy", "share of the data that is right in the end", SHOAL_HIGHER)
      .out<shoal::Number>(shoal::kPrecisionBits, shoal::kPrecisionHelp)
      .out<shoal::Series>("loss", "of each step", SHOAL_LOWER)
      .out<shoal::Series>("train_loss", "of each epoch, mean over its examples", SHOAL_LOWER)
      .out<shoal::Series>("train_accuracy", "of each epoch, as the examples were trained on", SHOAL_HIGHER);
}
