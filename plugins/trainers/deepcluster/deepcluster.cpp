#include "deepcluster.h"

#include <optional>

#include "shoal/kernels/agreement.h"
#include "shoal/kernels/representation.h"
#include "shoal/torch/checkpoint.h"

namespace {

using shoal::ConstArray;
using shoal::Context;
using shoal::Examples;
using shoal::Index;

void report(Context& context, const PseudoLabels& pseudo, ConstArray features, const at::Tensor& labels, Index epoch) {
  context.scalar("active", static_cast<double>(pseudo.clusters()), epoch);
  context.scalar("smallest", static_cast<double>(pseudo.smallest()), epoch);
  context.scalar("largest_share", pseudo.largest_share(), epoch);
  context.scalar("explained_variance", explained_variance(features, pseudo), epoch);
  if (!labels.defined()) return;
  const auto truth = shoal::view(labels).vector<std::int64_t>();
  context.scalar("nmi_label", shoal::kernels::nmi(shoal::kernels::contingency(truth, pseudo.labels)), epoch);
}

/// All that the loop holds, one method for each of its steps.
class Loop {
 public:
  Loop(Context& context, shoal::Inputs& inputs, const DeepClusterParams& params, const shoal::Compute& compute)
      : context_(context),
        inputs_(inputs),
        params_(params),
        compute_(compute),
        transforms_(inputs, "transforms"),
        data_(context, *inputs.dataset("data")),
        labeller_(inputs, params, data_.count()),
        features_(params.features, data_, compute),
        detector_(context, params.on_collapse, labeller_.heads()),
        encoder_(inputs.encoder("encoder", data_.shape())),
        encoder_optimizer_(encoder_->parameters(), params),
        classifiers_(static_cast<std::size_t>(labeller_.heads())) {
    if (inputs.has("augmentation")) augmentation_ = &inputs.augmentation("augmentation");
  }

  bool votes() const { return labeller_.votes(); }

  /// Embeds, transforms, and makes labels of it.
  void assign(Index epoch) {
    embedding_ = features_.embedding(context_, *encoder_);
    transformed_ = transforms_.fit_apply(context_, shoal::view(embedding_), epoch);
    const auto& labels = labeller_.assign(context_, clustered(), epoch);
    report(context_, labels[0].all, clustered(), data_.labels(), epoch);
    if (params_.on_collapse == OnCollapse::kIgnore) return;
    for (std::size_t h = 0; h < labels.size(); ++h)
      detector_.look_at_clusters(labels[h].all, labels[h].asked, epoch, static_cast<Index>(h));
    const double rank = shoal::kernels::rank_me(context_, shoal::view(embedding_));
    context_.scalar("rank_me", rank, epoch);
    detector_.look_at_embedding(rank, embedding_.size(1), epoch);
  }

  void renew_heads(Index epoch) {
    for (std::size_t h = 0; h < classifiers_.size(); ++h)
      classifiers_[h].renew(context_, inputs_, params_.head_policy, params_,
                            {.embedding = shoal::view(embedding_),
                             .features = clustered(),
                             .pseudo = labeller_.labels()[h].all,
                             .epoch = epoch,
                             .draw = epoch - 1 + static_cast<Index>(h) * params_.epochs});
  }

  std::vector<Index> draw(Index epoch) const {
    std::vector<PseudoLabels> confident;
    for (const HeadLabels& head : labeller_.labels()) confident.push_back(head.confident);
    const shoal::Random random = context_.random("order").fork(static_cast<std::uint64_t>(epoch));
    return params_.sampler == Sampler::kUniform ? draw_uniform(confident, random) : draw_natural(confident, random);
  }

  void train(Index epoch, const std::vector<Index>& rows) {
    std::vector<shoal::HeadTask> tasks;
    for (std::size_t h = 0; h < classifiers_.size(); ++h)
      tasks.push_back({classifiers_[h].head(), classifiers_[h].optimizer(),
                       shoal::borrowed_tensor(ConstArray(labeller_.labels()[h].confident.labels))});
    const Index steps = shoal::steps_per_epoch(static_cast<Index>(rows.size()), params_.batch_size);
    const Index steps_in_all = steps_before_ + (params_.epochs - epoch + 1) * steps;
    const shoal::EpochResult result = shoal::train_epoch(
        context_,
        {.examples = data_,
         .encoder = *encoder_,
         .head = tasks[0].head,
         .encoder_optimizer = encoder_optimizer_,
         .head_optimizer = tasks[0].optimizer,
         .augmentation = augmentation_,
         .compute = compute_,
         .clip_norm = params_.clip_norm,
         .further_heads = std::span(tasks).subspan(1)},
        {.number = epoch,
         .rows = rows,
         .labels = tasks[0].labels,
         .batch_size = params_.batch_size,
         .steps_before = steps_before_,
         .steps_in_all = steps_in_all,
         .views = context_.random("views").fork(static_cast<std::uint64_t>(epoch)),
         .loss_series = "step_loss",
         .learning_rate =
             [&](Index step) {
               return params_.learning_rate * shoal::schedule_factor(params_.schedule, step, steps_in_all);
             },
         .on_embedding = features_.listener()});
    steps_before_ += steps;
    features_.finish_epoch(context_, epoch);
    context_.scalar("loss", result.loss, epoch);
    for (std::size_t h = 0; h < classifiers_.size(); ++h)
      detector_.look_at_loss(result.head_losses[h], labeller_.labels()[h].all.clusters(), epoch, static_cast<Index>(h));
  }

  /// What the epochs to come depend on. Embedding, transforms and clusterers are made anew for each assignment; random
  /// streams and draws follow from the number of the epoch.
  void save(shoal::StateWriter& state) const {
    shoal::save_tensors(state, "encoder", encoder_->state());
    encoder_optimizer_.save(state, "encoder optimizer");
    labeller_.save(state);
    features_.save(state);
    for (std::size_t h = 0; h < classifiers_.size(); ++h) classifiers_[h].save(state, shoal::text("head {}", h));
    shoal::save_number(state, "steps", steps_before_);
  }
  void load(const shoal::StateReader& state) {
    shoal::load_tensors(state, "encoder", encoder_->state());
    encoder_optimizer_.load(state, "encoder optimizer");
    labeller_.load(state);
    features_.load(state);
    for (std::size_t h = 0; h < classifiers_.size(); ++h)
      classifiers_[h].load(state, shoal::text("head {}", h), inputs_, params_);
    steps_before_ = shoal::load_number<std::int64_t>(state, "steps");
  }

  void give(shoal::Outputs& outputs) {
    const PseudoLabels& labels = labeller_.labels()[0].all;
    outputs.encoder("encoder", std::move(encoder_));
    outputs.head("head", classifiers_[0].take_head());
    outputs.array("labels", context_.copy(labels.labels));
    outputs.number("clusters", static_cast<double>(labels.clusters()));
  }

 private:
  /// What is clustered: what the transforms made of the embedding, or the embedding where there are none.
  ConstArray clustered() const { return transformed_ ? transformed_.view() : shoal::view(embedding_); }

  Context& context_;
  shoal::Inputs& inputs_;
  const DeepClusterParams& params_;
  const shoal::Compute compute_;
  const shoal::TransformChain transforms_;
  const Examples data_;
  Labeller labeller_;
  Features features_;
  CollapseDetector detector_;
  std::unique_ptr<shoal::Encoder> encoder_;
  shoal::Optimizer encoder_optimizer_;
  const shoal::Augmentation* augmentation_ = nullptr;
  std::vector<Classifier> classifiers_;  // by head
  at::Tensor embedding_;                 // (N, E) of the last assignment
  shoal::Array transformed_;             // (N, D); empty without transforms
  Index steps_before_ = 0;
};

}  // namespace

void DeepCluster::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  Loop loop(context, inputs, params_, shoal::choose_compute(context, inputs.device(), params_, outputs));
  const shoal::Checkpoint checkpoint(context, "epoch");
  const Index done = checkpoint.restore([&](const shoal::StateReader& state) { loop.load(state); });
  for (Index epoch = done + 1; epoch <= params_.epochs; ++epoch) {
    if ((epoch - 1) % params_.reassign_every == 0) {
      loop.assign(epoch);       // features → transforms → clusters → labels
      loop.renew_heads(epoch);  // reset, set to centroids, or kept
    }
    loop.train(epoch, loop.draw(epoch));  // on augmented examples, drawn as the sampler says
    checkpoint.offer(epoch, [&](shoal::StateWriter& state) { loop.save(state); });
  }
  if (loop.votes()) loop.assign(params_.epochs + 1);
  loop.give(outputs);
}
