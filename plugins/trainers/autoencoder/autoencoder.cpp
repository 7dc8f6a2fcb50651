#include "autoencoder.h"

using shoal::Context;
using shoal::Index;

void AutoencoderTrainerParams::check() const {
  TrainingOptions::check();
  shoal::require(noise == Noise::kMasking || corruption > 0, "'noise' is of the corruption, but 'corruption' is 0");
}

void AutoencoderTrainer::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const shoal::Examples data(context, *inputs.dataset("data"));
  const auto* augmentation = inputs.has("augmentation") ? &inputs.augmentation("augmentation") : nullptr;
  shoal::require_reconstructible(params_, data, augmentation != nullptr);
  const at::Device device = inputs.device();
  std::unique_ptr<shoal::Encoder> encoder = inputs.encoder("encoder", data.shape());
  shoal::Decoder& decoder = shoal::decoder_of(*encoder);
  shoal::Optimizer optimizer(encoder->parameters(), params_);

  shoal::Batches batches(context, data, augmentation, params_.batch_size);
  const Index steps_in_all = params_.epochs * batches.steps_per_epoch();
  const auto learning_rate = [&](Index step) {
    return params_.learning_rate * shoal::schedule_factor(params_.schedule, step, steps_in_all);
  };
  const shoal::Random noise = context.random("noise");
  shoal::StepNumbers numbers(context, {"step_loss"});
  encoder->train(true);
  for (Index step = 0; step < steps_in_all; ++step) {
    context.progress(step, steps_in_all, "steps");
    const shoal::Batches::Batch batch = batches.next();
    const at::Tensor shown = params_.corruption == 0 ? batch.seen
                                                     : corrupt(context, batch.seen, params_.noise, params_.corruption,
                                                               noise.fork(static_cast<std::uint64_t>(step)));

    optimizer.zero_grad();
    const at::Tensor loss = shoal::reconstruction_loss(decoder, encoder->forward(shown.to(device)), batch, params_);
    loss.backward();
    if (params_.clip_norm > 0) shoal::clip_gradients(encoder->parameters(), params_.clip_norm);
    optimizer.step(learning_rate(step));

    numbers.add({{loss, static_cast<double>(shown.size(0))}}, batch.epoch, learning_rate(step));
    if ((step + 1) % batches.steps_per_epoch() == 0)
      context.scalar("loss", numbers.take_sums()[0] / static_cast<double>(data.count()), batch.epoch);
  }
  encoder->train(false);
  outputs.encoder("encoder", std::move(encoder));
}
