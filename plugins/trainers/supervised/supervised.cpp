#include "supervised.h"

#include <optional>

namespace {

using shoal::Examples;
using shoal::Index;

/// The labelled examples of an optional port, held to the training data's shape and classes.
std::optional<Examples> find_examples(shoal::Context& context, shoal::Inputs& inputs, std::string_view port,
                                      const Examples& data) {
  if (!inputs.has(port)) return std::nullopt;
  Examples found(context, *inputs.dataset(port));
  shoal::require(found.shape() == data.shape(), "'{}' holds examples of shape {}, but 'data' of {}", port,
                 shoal::to_string(found.shape()), shoal::to_string(data.shape()));
  shoal::require(found.labels().defined(), "'{}' has no labels", port);
  shoal::require(found.classes() <= data.classes(), "'{}' has {} classes, but 'data' only {}", port, found.classes(),
                 data.classes());
  return found;
}

}  // namespace

void Supervised::run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const Examples data(context, *inputs.dataset("data"));
  shoal::require(data.labels().defined(), "'data' has no labels, so there is nothing to supervise with");
  const std::optional<Examples> validation = find_examples(context, inputs, "validation", data);
  const std::optional<Examples> test = find_examples(context, inputs, "test", data);

  const at::Device device = inputs.device();
  std::unique_ptr<shoal::Encoder> encoder = inputs.encoder("encoder", data.shape());
  std::unique_ptr<shoal::Head> head = inputs.head("head", encoder->embedding_size(), data.classes());
  shoal::Optimizer encoder_optimizer(encoder->parameters(), params_);
  shoal::Optimizer head_optimizer(head->parameters(), params_);
  const shoal::Learner learner{
      data,           *encoder,
      *head,          encoder_optimizer,
      head_optimizer, inputs.has("augmentation") ? &inputs.augmentation("augmentation") : nullptr,
      device,         params_.clip_norm};
  const auto measure = [&](const Examples& examples) {
    return shoal::accuracy(shoal::predict_logits(context, *encoder, *head, examples, device), examples.labels());
  };

  const Index steps = shoal::steps_per_epoch(data.count(), params_.batch_size);
  const shoal::ScheduleOptions schedule{.warmup = params_.warmup,
                                        .drop_every = params_.step_epochs.value_or(0) * steps,
                                        .drop_factor = params_.step_factor};
  const auto learning_rate = [&](Index steps_done) {
    return params_.learning_rate *
           shoal::schedule_factor(params_.schedule, steps_done, params_.epochs * steps, schedule);
  };
  for (Index epoch = 1; epoch <= params_.epochs; ++epoch) {
    const auto stream = static_cast<std::uint64_t>(epoch);
    const std::vector<Index> rows = context.random("order").fork(stream).permutation(data.count());
    const Index before = (epoch - 1) * steps;
    const shoal::EpochResult result = shoal::train_epoch(context, learner,
                                                         {.number = epoch,
                                                          .rows = rows,
                                                          .labels = data.labels(),
                                                          .batch_size = params_.batch_size,
                                                          .steps_before = before,
                                                          .steps_in_all = params_.epochs * steps,
                                                          .views = context.random("views").fork(stream),
                                                          .learning_rate = learning_rate});
    context.scalar("train_loss", result.loss, epoch);
    context.scalar("train_accuracy", result.accuracy, epoch);
    context.scalar("learning_rate", learning_rate(before + steps), epoch);
    if (validation) context.scalar("validation_accuracy", measure(*validation), epoch);
  }

  if (test) outputs.number("accuracy", measure(*test));
  outputs.encoder("encoder", std::move(encoder));
  outputs.head("head", std::move(head));
}
