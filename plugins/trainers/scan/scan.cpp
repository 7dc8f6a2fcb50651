#include "scan.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <c10/core/GradMode.h>

#include <optional>

#include "neighbor_table.h"
#include "scan_loss.h"
#include "shoal/torch/checkpoint.h"
#include "shoal/torch/cluster_report.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;

// trainer/self-label's own threshold unless it is given: whether it has something to begin with is seen here.
constexpr double kConfident = 0.99;
// The entropy of a batch's mean prediction says little of batches with fewer examples a cluster.
constexpr Index kLeastPerCluster = 5;

/// Clusters from an embedding: a head, its optimiser, and what it said after the last epoch.
struct ClusterHead {
  std::unique_ptr<shoal::Head> head;
  shoal::Optimizer optimizer;
  std::optional<shoal::Predictions> said = {};
};

std::vector<ClusterHead> make_heads(shoal::Inputs& inputs, const ScanParams& params, Index embedding) {
  std::vector<ClusterHead> out;
  for (Index draw = 0; draw < params.heads; ++draw) {
    auto head = inputs.head("head", embedding, params.clusters, draw);
    shoal::Optimizer optimizer(head->parameters(), params);
    out.push_back({std::move(head), std::move(optimizer)});
  }
  if (out.size() < 2) return out;
  bool alike = true;
  for (std::size_t i = 0; i < out[0].head->parameters().size(); ++i)
    alike = alike && at::equal(out[0].head->parameters()[i].second, out[1].head->parameters()[i].second);
  shoal::require(
      !alike,
      "{} heads begin alike, so they would stay alike: wire a new head in place of a trained one, or ask for "
      "1 of 'heads'",
      params.heads);
  return out;
}

/// All that the loop holds.
class Loop {
 public:
  Loop(Context& context, shoal::Inputs& inputs, const ScanParams& params, const shoal::Compute& compute)
      : context_(context),
        params_(params),
        compute_(compute),
        data_(context, *inputs.dataset("data")),
        neighbors_(inputs.array("neighbors")),
        augmentation_(inputs.augmentation("augmentation")),
        steps_(shoal::full_batches(context, data_.count(), params.batch_size)) {
    require_neighbors(neighbors_.view(), data_.count());
    if (params.batch_size < kLeastPerCluster * params.clusters)
      context.log(shoal::Level::kWarning,
                  "a batch of {} examples says little of how alike {} clusters are in size: a 'batch_size' of at least "
                  "{} is better",
                  params.batch_size, params.clusters, kLeastPerCluster * params.clusters);
    encoder_ = inputs.encoder("encoder", data_.shape());
    encoder_optimizer_.emplace(encoder_->parameters(), params);
    heads_ = make_heads(inputs, params, encoder_->embedding_size());
  }

  void train(Index epoch) {
    const auto stream = static_cast<std::uint64_t>(epoch);
    std::vector<Index> rows = context_.random("order").fork(stream).permutation(data_.count());
    rows.resize(static_cast<std::size_t>(steps_ * params_.batch_size));
    partners_ = draw_neighbors(neighbors_.view(), context_.random("neighbors").fork(stream));

    std::vector<shoal::Trainee> trainees;
    if (!params_.freeze_encoder) trainees.push_back({*encoder_, *encoder_optimizer_});
    for (ClusterHead& each : heads_) trainees.push_back({*each.head, each.optimizer});
    const double loss = shoal::train_steps(
        context_, trainees, params_.clip_norm,
        {.number = epoch,
         .rows = rows,
         .batch_size = params_.batch_size,
         .steps_before = (epoch - 1) * steps_,
         .steps_in_all = params_.epochs * steps_,
         .views = context_.random("views").fork(stream),
         .loss_series = "step_loss",
         .learning_rate =
             [&](Index step) {
               return params_.learning_rate * shoal::schedule_factor(params_.schedule, step, params_.epochs * steps_);
             }},
        [&](std::span<const Index> batch, const shoal::Random& views) { return loss_of(batch, views); });
    context_.scalar("loss", loss, epoch);
  }

  /// The loss of every head, of clean examples, and what can be said of the best one's clusters.
  void look(Index epoch) {
    const at::Tensor embedding = shoal::embed(context_, *encoder_, data_, compute_);
    const at::Tensor neighbors = shoal::tensor(neighbors_);
    std::vector<shoal::Predictions> now;
    std::vector<ScanLoss> losses;
    losses_.clear();
    for (ClusterHead& each : heads_) {
      now.push_back(shoal::predictions(*each.head, embedding, compute_));
      losses.push_back(scan_loss_of_all(now.back().logits, neighbors, params_.entropy_weight));
      losses_.push_back(losses.back().total.item<double>());
    }
    best_ = static_cast<std::size_t>(std::min_element(losses_.begin(), losses_.end()) - losses_.begin());
    context_.scalar("clean_loss", losses_[best_], epoch);
    context_.scalar("consistency", losses[best_].consistency.item<double>(), epoch);
    context_.scalar("entropy", losses[best_].entropy.item<double>(), epoch);
    report_ = shoal::report_clusters(context_, now[best_], heads_[best_].said, data_.labels(), kConfident, epoch);
    for (std::size_t h = 0; h < heads_.size(); ++h) heads_[h].said = std::move(now[h]);
    ++looks_;
  }

  /// What the epochs to come depend on, between an epoch and the look at it. Random streams, steps and the schedule
  /// follow from the number of the epoch, and all that a look says from these, but for what was said before it.
  void save(shoal::StateWriter& state) const {
    shoal::save_tensors(state, "encoder", encoder_->state());
    encoder_optimizer_->save(state, "encoder optimizer");
    for (std::size_t h = 0; h < heads_.size(); ++h) {
      shoal::save_tensors(state, shoal::text("head {}", h), heads_[h].head->state());
      heads_[h].optimizer.save(state, shoal::text("head optimizer {}", h));
      if (looks_ > 0) shoal::save_tensor(state, shoal::text("labels {}", h), heads_[h].said->labels);
    }
    shoal::save_number(state, "looks", looks_);
  }
  void load(const shoal::StateReader& state) {
    looks_ = shoal::load_number<std::int64_t>(state, "looks");
    shoal::load_tensors(state, "encoder", encoder_->state());
    encoder_optimizer_->load(state, "encoder optimizer");
    for (std::size_t h = 0; h < heads_.size(); ++h) {
      shoal::load_tensors(state, shoal::text("head {}", h), heads_[h].head->state());
      heads_[h].optimizer.load(state, shoal::text("head optimizer {}", h));
      if (looks_ > 0) heads_[h].said = {{}, {}, shoal::load_tensor(state, shoal::text("labels {}", h))};
    }
  }

  void give(shoal::Outputs& outputs) {
    if (report_.active < report_.clusters)
      context_.log(shoal::Level::kWarning,
                   "{} of {} clusters have no examples: try a higher 'entropy_weight' than {}, more 'epochs', or fewer "
                   "'clusters'",
                   report_.clusters - report_.active, report_.clusters, params_.entropy_weight);
    if (heads_.size() > 1)
      context_.log(shoal::Level::kInfo, "head {} of {} has the lowest loss, {}", best_ + 1, heads_.size(),
                   losses_[best_]);
    outputs.encoder("encoder", std::move(encoder_));
    outputs.head("head", std::move(heads_[best_].head));
    outputs.array("labels", context_.copy(shoal::view(heads_[best_].said->labels)));
    outputs.array("head_losses", context_.copy(losses_));
  }

 private:
  at::Tensor loss_of(std::span<const Index> batch, const shoal::Random& views) {
    std::vector<Index> partners;
    for (const Index row : batch) partners.push_back(partners_[static_cast<std::size_t>(row)]);
    const at::Tensor seen = at::cat({augmentation_.apply(context_, data_.batch(batch), views.fork(0)),
                                     augmentation_.apply(context_, data_.batch(partners), views.fork(1))});
    const at::Tensor embedding = embed(seen.to(compute_.device()));
    at::Tensor sum;
    for (const ClusterHead& each : heads_) {
      const auto logits = compute_([&] { return each.head->forward(embedding); }).chunk(2);
      const at::Tensor loss = scan_loss(logits[0], logits[1], params_.entropy_weight).total;
      sum = sum.defined() ? sum + loss : loss;
    }
    return sum / static_cast<double>(heads_.size());
  }
  at::Tensor embed(const at::Tensor& seen) {
    const c10::AutoGradMode gradients(!params_.freeze_encoder);
    return compute_([&] { return encoder_->forward(seen); });
  }

  Context& context_;
  const ScanParams& params_;
  const shoal::Compute compute_;
  const Examples data_;
  const shoal::Array neighbors_;  // (N, k)
  const shoal::Augmentation& augmentation_;
  const Index steps_;  // of an epoch
  std::unique_ptr<shoal::Encoder> encoder_;
  std::optional<shoal::Optimizer> encoder_optimizer_;
  std::vector<ClusterHead> heads_;
  std::vector<Index> partners_;  // (N) of this epoch
  Index looks_ = 0;
  std::vector<double> losses_;   // by head, of the last look
  std::size_t best_ = 0;         // the head with the lowest of these
  shoal::ClusterReport report_;  // of that
};

}  // namespace

void Scan::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  Loop loop(context, inputs, params_, shoal::choose_compute(context, inputs.device(), params_, outputs));
  const shoal::Checkpoint checkpoint(context, "epoch");
  const Index done = checkpoint.restore([&](const shoal::StateReader& state) { loop.load(state); });
  if (done > 0) loop.look(done);
  for (Index epoch = done + 1; epoch <= params_.epochs; ++epoch) {
    loop.train(epoch);
    checkpoint.offer(epoch, [&](shoal::StateWriter& state) { loop.save(state); });
    loop.look(epoch);
  }
  loop.give(outputs);
}
