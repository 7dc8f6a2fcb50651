#include "self_label.h"

#include <ATen/ops/index_select.h>
#include <c10/core/GradMode.h>

#include <optional>

#include "confident.h"
#include "shoal/torch/averaged_model.h"
#include "shoal/torch/cluster_report.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::Model;

/// What is said of all clean examples, and whether it becomes surer.
class Watch {
 public:
  Watch(Context& context, const SelfLabelParams& params, const Examples& data, const Model& model,
        const shoal::Compute& compute)
      : context_(context), params_(params), data_(data), model_(model), compute_(compute) {}

  void look(Index epoch) {
    shoal::Predictions now =
        shoal::predictions(*model_.head, shoal::embed(context_, *model_.encoder, data_, compute_), compute_);
    report_ = shoal::report_clusters(context_, now, said_, data_.labels(), params_.threshold, epoch);
    said_ = std::move(now);
    if (epoch == 0) require_confident();
    if (epoch > 0 && report_.confident <= best_ + params_.min_growth) return;
    best_ = report_.confident;
    grown_ = epoch;
  }

  /// Whether patience is at its end after this epoch; then the log says so.
  bool stops(Index epoch) const {
    if (params_.patience == 0 || epoch - grown_ < params_.patience) return false;
    context_.log(
        shoal::Level::kInfo,
        "training stops after epoch {} of {}: the share of confident examples has not exceeded the {} of epoch "
        "{} by {} for {} epochs ('patience')",
        epoch, params_.epochs, best_, grown_, params_.min_growth, params_.patience);
    return true;
  }

  /// What the looks to come depend on.
  void save(shoal::StateWriter& state) const {
    shoal::save_tensor(state, "labels", said_->labels);
    shoal::save_number(state, "best", best_);
    shoal::save_number(state, "grown", grown_);
  }
  void load(const shoal::StateReader& state) {
    said_ = {{}, {}, shoal::load_tensor(state, "labels")};
    best_ = shoal::load_number<double>(state, "best");
    grown_ = shoal::load_number<std::int64_t>(state, "grown");
  }

  const at::Tensor& labels() const { return said_->labels; }
  const shoal::ClusterReport& report() const { return report_; }

 private:
  void require_confident() const {
    shoal::require(report_.confident > 0,
                   "no example is confident: the largest probability is {}, but 'threshold' is {}; lower it, or train "
                   "the head longer (trainer/scan's 'epochs')",
                   said_->probabilities.max().item<double>(), params_.threshold);
  }

  Context& context_;
  const SelfLabelParams& params_;
  const Examples& data_;
  const Model& model_;
  shoal::Compute compute_;
  std::optional<shoal::Predictions> said_;
  shoal::ClusterReport report_;
  double best_ = 0;  // share of confident examples
  Index grown_ = 0;  // the epoch after which it was that
};

}  // namespace

void SelfLabel::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const Examples data(context, *inputs.dataset("data"));
  const shoal::Augmentation& augmentation = inputs.augmentation("augmentation");
  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  shoal::AveragedModel model(inputs, data.shape(), inputs.trained_classes("head"), params_.ema_decay);
  Model& trained = model.trained();
  shoal::Optimizer encoder_optimizer(trained.encoder->parameters(), params_),
      head_optimizer(trained.head->parameters(), params_);

  Model& given = model.given();
  Watch watch(context, params_, data, given, compute);

  const auto say = [&](const at::Tensor& examples) {
    const at::Tensor there = examples.to(compute.device());
    return compute([&] { return trained.head->forward(trained.encoder->forward(there)); });
  };
  const Index steps = shoal::steps_per_epoch(data.count(), params_.batch_size);
  // A checkpoint is of an epoch's end, before the look at it. Random streams, steps and the schedule follow from the
  // number of the epoch.
  const shoal::Checkpoint checkpoint(context, "epoch");
  Index epoch = checkpoint.restore([&](const shoal::StateReader& state) {
    model.load(state);
    encoder_optimizer.load(state, "encoder optimizer");
    head_optimizer.load(state, "head optimizer");
    watch.load(state);
  });
  watch.look(epoch);
  Index left_out = 0;  // steps of the epoch that had no confident example
  const auto loss_of = [&](std::span<const Index> rows, const shoal::Random& views) {
    const at::Tensor clean = data.batch(rows);
    Confident confident;
    {
      const c10::NoGradGuard no_grad;
      confident = find_confident(trained.head->probabilities(say(clean)), params_.threshold);
    }
    if (confident.rows.size(0) == 0) {
      if (++left_out == steps)
        throw shoal::Error(SHOAL_E_FAILED,
                           shoal::text("epoch {}: no batch has a confident example any more ('threshold' {}): lower "
                                       "the 'threshold' or the 'learning_rate'",
                                       epoch, params_.threshold));
      return at::Tensor();
    }
    const at::Tensor logits =
        at::index_select(say(augmentation.apply(context, clean, views)), 0, confident.rows.to(compute.device()));
    return params_.balance ? balanced_loss(*trained.head, logits, confident.labels)
                           : trained.head->loss(logits, confident.labels.to(compute.device()));
  };

  while (epoch < params_.epochs && !watch.stops(epoch)) {
    const auto stream = static_cast<std::uint64_t>(++epoch);
    const std::vector<Index> rows = context.random("order").fork(stream).permutation(data.count());
    left_out = 0;
    const double loss = shoal::train_steps(
        context, {{*trained.encoder, encoder_optimizer}, {*trained.head, head_optimizer}}, params_.clip_norm,
        {.number = epoch,
         .rows = rows,
         .batch_size = params_.batch_size,
         .steps_before = (epoch - 1) * steps,
         .steps_in_all = params_.epochs * steps,
         .views = context.random("views").fork(stream),
         .loss_series = "step_loss",
         .learning_rate =
             [&](Index step) {
               return params_.learning_rate * shoal::schedule_factor(params_.schedule, step, params_.epochs * steps);
             },
         .after_step = model.after_step()},
        loss_of);
    context.scalar("loss", loss, epoch);
    if (left_out > 0)
      context.log(
          shoal::Level::kWarning,
          "epoch {}: {} of {} steps had no confident example and were left out; a lower 'threshold' or a larger "
          "'batch_size' has more",
          epoch, left_out, steps);
    checkpoint.offer(epoch, [&](shoal::StateWriter& state) {
      model.save(state);
      encoder_optimizer.save(state, "encoder optimizer");
      head_optimizer.save(state, "head optimizer");
      watch.save(state);
    });
    watch.look(epoch);
  }

  if (watch.report().active < watch.report().clusters)
    context.log(shoal::Level::kWarning, "{} of {} clusters have no examples",
                watch.report().clusters - watch.report().active, watch.report().clusters);
  outputs.array("labels", context.copy(shoal::view(watch.labels())));
  outputs.number("epochs", static_cast<double>(epoch));
  outputs.encoder("encoder", std::move(given.encoder));
  outputs.head("head", std::move(given.head));
}
