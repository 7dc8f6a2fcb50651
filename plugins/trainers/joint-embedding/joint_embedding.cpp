#include "joint_embedding.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <optional>

#include "projectors.h"
#include "shoal/kernels/representation.h"
#include "shoal/matrix.h"
#include "shoal/torch/checkpoint.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::Level;

// How many examples' embeddings are looked at after an epoch.
constexpr Index kLookedAt = 1024;
// Batch norm's running statistics, with which it is looked at, begin at 0 and 1: after so many steps that is forgotten.
constexpr Index kSettledAfter = 100;
// Below these an embedding hardly tells examples apart.
constexpr double kLeastStd = 0.05;

/// Says how far the embedding spreads, and warns where it has collapsed.
void look_at_embedding(Context& context, shoal::Encoder& encoder, const at::Tensor& examples,
                       const shoal::Compute& compute, Index epoch, Index steps_done) {
  const c10::NoGradGuard no_grad;
  const at::Tensor embedding =
      compute([&] { return encoder.forward(examples.to(compute.device())); }).to(at::kCPU).contiguous();
  shoal::require_features(shoal::view(embedding));
  const shoal::RowMatrix<double> features = shoal::to_float64(shoal::view(embedding));
  const double deviation = shoal::kernels::embedding_std(features),
               rank = shoal::kernels::rank_me(context, shoal::view(embedding));
  context.scalar("embedding_std", deviation, epoch);
  context.scalar("rank_me", rank, epoch);
  if (deviation >= kLeastStd && !shoal::kernels::is_near_a_line(rank, features.cols())) return;
  const std::string cure =
      steps_done < kSettledAfter
          ? shoal::text(
                "there were {} steps, too few for the running statistics of batch norm: take more 'epochs' or a "
                "smaller 'batch_size'",
                steps_done)
          : "try batch norm in the encoder, a lower 'learning_rate' or a larger 'batch_size'";
  context.log(Level::kWarning,
              "epoch {}: the encoder has collapsed: embeddings of {} examples are nearly {} (embedding_std {}, rank_me "
              "{} of {}); {}",
              epoch, features.rows(), deviation < kLeastStd ? "the same" : "on one line", deviation, rank,
              features.cols(), cure);
}

/// The head with the lowest loss of the last epoch: what can be told without labels.
std::size_t choose_head(Context& context, const std::vector<double>& losses) {
  const auto best = std::min_element(losses.begin(), losses.end());
  const auto number = static_cast<std::size_t>(best - losses.begin());
  if (losses.size() > 1)
    context.log(Level::kInfo,
                "head {} of {} has the lowest loss of the last epoch, {}, and is given out; the highest is {}",
                number + 1, losses.size(), *best, *std::max_element(losses.begin(), losses.end()));
  return number;
}

}  // namespace

void JointEmbedding::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const Examples data(context, *inputs.dataset("data"));
  const Index batch = params_.batch_size, steps = shoal::full_batches(context, data.count(), batch);

  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  const shoal::Augmentation& augmentation = inputs.augmentation("augmentation");
  std::unique_ptr<shoal::Encoder> encoder = inputs.encoder("encoder", data.shape());
  const Index embedding = encoder->embedding_size();
  shoal::Optimizer encoder_optimizer(encoder->parameters(), params_);
  // The main ones last: what is given out is made from the node that was asked for last.
  std::optional<Projectors> auxiliary;
  if (params_.auxiliary_projection > 0)
    auxiliary.emplace(inputs, embedding, params_.auxiliary_projection, params_.heads, params_.heads, params_,
                      "auxiliary_");
  Projectors main(inputs, embedding, params_.projection, params_.heads, 0, params_, "");

  const auto learning_rate = [&](Index steps_done) {
    return params_.learning_rate *
           shoal::schedule_factor(params_.schedule, steps_done, params_.epochs * steps, {.warmup = params_.warmup});
  };
  std::vector<Projectors*> learning;  // in this epoch
  const auto loss_of = [&](std::span<const Index> rows, const shoal::Random& random) {
    const at::Tensor examples = data.batch(rows);
    std::vector<at::Tensor> views;
    if (params_.clean_view) views.push_back(examples);
    for (auto v = static_cast<Index>(views.size()); v < params_.views; ++v)
      views.push_back(augmentation.apply(context, examples, random.fork(static_cast<std::uint64_t>(v))));
    const at::Tensor seen = at::cat(views).to(compute.device());
    const at::Tensor embedded = compute([&] { return encoder->forward(seen); });
    const at::Tensor loss = learning[0]->loss(embedded, params_.views, compute);
    return learning.size() == 1 ? loss : loss.add(learning[1]->loss(embedded, params_.views, compute));
  };
  std::vector<double> head_losses(static_cast<std::size_t>(params_.heads));  // of the last epoch that was theirs
  // Random streams, steps and the schedule follow from the number of the epoch.
  const shoal::Checkpoint checkpoint(context, "epoch");
  const Index done = checkpoint.restore([&](const shoal::StateReader& state) {
    shoal::load_tensors(state, "encoder", encoder->state());
    encoder_optimizer.load(state, "encoder optimizer");
    main.load(state, "main");
    if (auxiliary) auxiliary->load(state, "auxiliary");
    head_losses = shoal::load_vector<double>(state, "head losses");
  });
  for (Index epoch = done + 1; epoch <= params_.epochs; ++epoch) {
    const auto stream = static_cast<std::uint64_t>(epoch);
    std::vector<Index> rows = context.random("order").fork(stream).permutation(data.count());
    rows.resize(static_cast<std::size_t>(steps * batch));

    const bool in_turn = auxiliary && params_.auxiliary_turn == AuxiliaryTurn::kAlternate;
    const bool turn_of_main = (params_.epochs - epoch) % 2 == 0;  // the last epoch is theirs
    learning.clear();
    if (!in_turn || turn_of_main) learning.push_back(&main);
    if (auxiliary && (!in_turn || !turn_of_main)) learning.push_back(&*auxiliary);
    std::vector<shoal::Trainee> trainees{{*encoder, encoder_optimizer}};
    for (Projectors* projectors : learning) {
      projectors->add_to(trainees);
      projectors->begin_epoch(epoch);
    }
    const auto after_step = [&] {
      for (Projectors* projectors : learning) projectors->after_step();
    };
    shoal::train_steps(context, trainees, params_.clip_norm,
                       {.number = epoch,
                        .rows = rows,
                        .batch_size = batch,
                        .steps_before = (epoch - 1) * steps,
                        .steps_in_all = params_.epochs * steps,
                        .views = context.random("views").fork(stream),
                        .loss_series = "step_loss",
                        .learning_rate = learning_rate,
                        .after_step = after_step},
                       loss_of);
    for (Projectors* projectors : learning) {
      const Projectors::Epoch ended = projectors->end_epoch(context, epoch, params_.views, batch);
      if (projectors == &main) head_losses = ended.head_losses;
    }
    context.scalar("learning_rate", learning_rate(epoch * steps), epoch);
    const auto looked_at = std::span(rows).first(static_cast<std::size_t>(std::min(kLookedAt, steps * batch)));
    look_at_embedding(context, *encoder, data.batch(looked_at), compute, epoch, epoch * steps);
    checkpoint.offer(epoch, [&](shoal::StateWriter& state) {
      shoal::save_tensors(state, "encoder", encoder->state());
      encoder_optimizer.save(state, "encoder optimizer");
      main.save(state, "main");
      if (auxiliary) auxiliary->save(state, "auxiliary");
      state.put("head losses", shoal::ConstArray(head_losses));
    });
  }

  Projectors::Projector& chosen = main[choose_head(context, head_losses)];
  outputs.encoder("encoder", std::move(encoder));
  outputs.head("head", std::move(chosen.head));
  outputs.objective("objective", std::move(chosen.objective));
}
