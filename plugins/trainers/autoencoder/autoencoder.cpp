#include "autoencoder.h"

#include "shoal/torch/checkpoint.h"

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
  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  std::unique_ptr<shoal::Encoder> encoder = inputs.encoder("encoder", data.shape());
  shoal::Decoder& decoder = shoal::decoder_of(*encoder);
  shoal::Optimizer optimizer(encoder->parameters(), params_);

  const Index steps = shoal::steps_per_epoch(data.count(), params_.batch_size);
  const Index steps_in_all = params_.epochs * steps;
  const auto learning_rate = [&](Index step) {
    return params_.learning_rate * shoal::schedule_factor(params_.schedule, step, steps_in_all);
  };
  // Random streams, steps and the schedule follow from the number of the epoch.
  const shoal::Checkpoint checkpoint(context, "epoch");
  const Index done = checkpoint.restore([&](const shoal::StateReader& state) {
    shoal::load_tensors(state, "encoder", encoder->state());
    optimizer.load(state, "optimizer");
  });
  const shoal::Random noise = context.random("noise");
  auto steps_done = static_cast<std::uint64_t>(done * steps);
  const auto loss_of = [&](std::span<const Index> rows, const shoal::Random& views) {
    const at::Tensor clean = data.batch(rows);
    const at::Tensor seen = augmentation == nullptr ? clean : augmentation->apply(context, clean, views);
    const shoal::Random own_noise = noise.fork(steps_done++);
    const at::Tensor shown =
        params_.corruption == 0 ? seen : corrupt(context, seen, params_.noise, params_.corruption, own_noise);
    const at::Tensor embedding = compute([&] { return encoder->forward(shown.to(compute.device())); });
    return shoal::reconstruction_loss(decoder, embedding, {.rows = {}, .clean = clean, .seen = seen}, params_, compute);
  };
  for (Index epoch = done + 1; epoch <= params_.epochs; ++epoch) {
    const auto stream = static_cast<std::uint64_t>(epoch);
    const std::vector<Index> rows = context.random("order").fork(stream).permutation(data.count());
    const double loss = shoal::train_steps(context, {{*encoder, optimizer}}, params_.clip_norm,
                                           {.number = epoch,
                                            .rows = rows,
                                            .batch_size = params_.batch_size,
                                            .steps_before = (epoch - 1) * steps,
                                            .steps_in_all = steps_in_all,
                                            .views = context.random("views").fork(stream),
                                            .loss_series = "step_loss",
                                            .learning_rate = learning_rate},
                                           loss_of);
    context.scalar("loss", loss, epoch);
    checkpoint.offer(epoch, [&](shoal::StateWriter& state) {
      shoal::save_tensors(state, "encoder", encoder->state());
      optimizer.save(state, "optimizer");
    });
  }
  outputs.encoder("encoder", std::move(encoder));
}
