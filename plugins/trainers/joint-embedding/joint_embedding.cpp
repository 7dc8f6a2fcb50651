#include "joint_embedding.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "shoal/kernels/representation.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::Level;
using shoal::Objective;

// How many examples' embeddings are looked at after an epoch.
constexpr Index kLookedAt = 1024;
// Batch norm's running statistics, with which it is looked at, begin at 0 and 1: after so many steps that is forgotten.
constexpr Index kSettledAfter = 100;
// Below these an embedding hardly tells examples apart.
constexpr double kLeastStd = 0.05;
// A mean loss this near that of collapsed outputs, relative to it where it is above 1, has not got away from it.
constexpr double kNearCollapse = 0.01;

/// Means over an epoch's steps of what the objective says of each. They stay on their device until the end.
class Diagnostics {
 public:
  void add(const shoal::NamedTensors& step) {
    ++steps_;
    if (sums_.empty()) {
      for (const auto& [name, value] : step) sums_.emplace_back(name, value.detach().to(at::kDouble, false, true));
      return;
    }
    shoal::require(step.size() == sums_.size(), "the objective gave {} diagnostics, then {}", sums_.size(),
                   step.size());
    for (std::size_t i = 0; i < step.size(); ++i) sums_[i].second += step[i].second.detach();
  }

  void report(Context& context, Index epoch) {
    static const std::set<std::string> own = {"loss", "step_loss", "embedding_std", "rank_me", "learning_rate"};
    for (const auto& [name, sum] : sums_) {
      shoal::require(!own.contains(name), "the objective calls a diagnostic '{}', which is the trainer's own", name);
      context.scalar(name, sum.item<double>() / static_cast<double>(steps_), epoch);
    }
    *this = {};
  }

 private:
  shoal::NamedTensors sums_;
  Index steps_ = 0;
};

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

void warn_where_it_stays(Context& context, double loss, const std::optional<Objective::Collapse>& collapse,
                         Index epoch) {
  if (!collapse || std::abs(loss - collapse->loss) >= kNearCollapse * std::max(1.0, std::abs(collapse->loss))) return;
  context.log(Level::kWarning,
              "epoch {}: the loss, {}, is that of outputs that are the same for all examples, {}: the encoder learns "
              "nothing; {}, or another learning_rate",
              epoch, loss, collapse->loss, collapse->cure);
}

}  // namespace

void JointEmbedding::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const Examples data(context, *inputs.dataset("data"));
  const Index batch = params_.batch_size, steps = data.count() / batch;
  shoal::require(steps >= 1, "'batch_size' must be at most the number of examples, {}, but is {}", data.count(), batch);
  if (data.count() % batch != 0)
    context.log(Level::kInfo, "each epoch leaves out {} of {} examples, others each time: batches are of {}",
                data.count() % batch, data.count(), batch);

  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  const shoal::Augmentation& augmentation = inputs.augmentation("augmentation");
  std::unique_ptr<shoal::Encoder> encoder = inputs.encoder("encoder", data.shape());
  std::unique_ptr<shoal::Head> head = inputs.head("head", encoder->embedding_size(), params_.projection);
  std::unique_ptr<Objective> objective = inputs.objective("objective", params_.projection);
  shoal::Optimizer encoder_optimizer(encoder->parameters(), params_), head_optimizer(head->parameters(), params_),
      objective_optimizer(objective->parameters(), params_);

  Diagnostics diagnostics;
  const auto loss_of = [&](std::span<const Index> rows, const shoal::Random& random) {
    const at::Tensor examples = data.batch(rows);
    std::vector<at::Tensor> views;
    for (Index v = 0; v < params_.views; ++v)
      views.push_back(augmentation.apply(context, examples, random.fork(static_cast<std::uint64_t>(v))));
    const at::Tensor seen = at::cat(views).to(compute.device());
    const at::Tensor projected = compute([&] { return head->forward(encoder->forward(seen)); });
    const Objective::Loss loss = objective->loss(projected.chunk(params_.views));
    diagnostics.add(loss.diagnostics);
    return loss.value;
  };
  const auto learning_rate = [&](Index steps_done) {
    return params_.learning_rate *
           shoal::schedule_factor(params_.schedule, steps_done, params_.epochs * steps, {.warmup = params_.warmup});
  };
  for (Index epoch = 1; epoch <= params_.epochs; ++epoch) {
    const auto stream = static_cast<std::uint64_t>(epoch);
    std::vector<Index> rows = context.random("order").fork(stream).permutation(data.count());
    rows.resize(static_cast<std::size_t>(steps * batch));
    objective->begin_epoch(epoch);
    const double loss = shoal::train_steps(
        context, {{*encoder, encoder_optimizer}, {*head, head_optimizer}, {*objective, objective_optimizer}},
        params_.clip_norm,
        {.number = epoch,
         .rows = rows,
         .batch_size = batch,
         .steps_before = (epoch - 1) * steps,
         .steps_in_all = params_.epochs * steps,
         .views = context.random("views").fork(stream),
         .loss_series = "step_loss",
         .learning_rate = learning_rate,
         .after_step = [&] { objective->after_step(); }},
        loss_of);
    context.scalar("loss", loss, epoch);
    context.scalar("learning_rate", learning_rate(epoch * steps), epoch);
    diagnostics.report(context, epoch);
    warn_where_it_stays(context, loss, objective->collapse(params_.views, batch), epoch);
    const auto looked_at = std::span(rows).first(static_cast<std::size_t>(std::min(kLookedAt, steps * batch)));
    look_at_embedding(context, *encoder, data.batch(looked_at), compute, epoch, epoch * steps);
  }

  outputs.encoder("encoder", std::move(encoder));
  outputs.head("head", std::move(head));
  outputs.objective("objective", std::move(objective));
}
