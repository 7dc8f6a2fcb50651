#include "shoal/torch/training.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

namespace shoal {
namespace {

// Losses and counts stay on their device until so many are there: to ask a GPU for one is to wait for it.
constexpr std::size_t kStepsBetweenLooks = 32;

/// The losses of the steps of an epoch so far.
class Tally {
 public:
  Tally(Context& context, const Epoch& epoch) : context_(context), epoch_(epoch), steps_(epoch.steps_before) {}

  void add(const at::Tensor& loss, Index rows, double learning_rate) {
    waiting_.push_back({loss.detach().to(at::kDouble), rows, learning_rate});
    if (waiting_.size() == kStepsBetweenLooks) look();
  }

  double mean_loss() {
    look();
    return loss_ / static_cast<double>(epoch_.rows.size());
  }

 private:
  struct Step {
    at::Tensor loss;
    Index rows;
    double learning_rate;
  };

  void look() {
    if (waiting_.empty()) return;
    std::vector<at::Tensor> losses;
    for (const Step& step : waiting_) losses.push_back(step.loss);
    const at::Tensor values = at::stack(losses).cpu();
    const double* loss = values.const_data_ptr<double>();
    for (const Step& step : waiting_) {
      ++steps_;
      if (!std::isfinite(*loss))
        throw Error(
            SHOAL_E_FAILED,
            text("loss is {} at step {} (epoch {}, learning rate {}); a lower 'learning_rate' is the usual cure",
                 std::isnan(*loss) ? "NaN" : "infinite", steps_, epoch_.number, step.learning_rate));
      context_.scalar(epoch_.loss_series, *loss, steps_);
      loss_ += *loss * static_cast<double>(step.rows);
      ++loss;
    }
    waiting_.clear();
  }

  Context& context_;
  const Epoch& epoch_;
  Index steps_;
  double loss_ = 0;
  std::vector<Step> waiting_;
};

}  // namespace

Index steps_per_epoch(Index rows, Index batch_size) {
  require(rows >= 1, "there are no examples to train on");
  require(batch_size >= 1, "'batch_size' must be at least 1, but is {}", batch_size);
  const bool one_left_over = batch_size > 1 && rows > batch_size && rows % batch_size == 1;
  return (rows + batch_size - 1) / batch_size - (one_left_over ? 1 : 0);
}

double train_steps(Context& context, const std::vector<Trainee>& trainees, double clip_norm, const Epoch& epoch,
                   const StepLoss& loss_of) {
  const auto count = static_cast<Index>(epoch.rows.size());
  const Index steps = steps_per_epoch(count, epoch.batch_size);
  NamedTensors parameters;
  for (const Trainee& trainee : trainees) {
    const NamedTensors& own = trainee.module.parameters();
    parameters.insert(parameters.end(), own.begin(), own.end());
    trainee.module.train(true);
  }
  Tally tally(context, epoch);
  for (Index step = 0; step < steps; ++step) {
    const Index done = epoch.steps_before + step;
    context.progress(done, epoch.steps_in_all, "steps");
    const Index from = step * epoch.batch_size;
    const Index to = step + 1 == steps ? count : from + epoch.batch_size;
    const auto rows = epoch.rows.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));

    for (const Trainee& trainee : trainees) trainee.optimizer.zero_grad();
    const at::Tensor loss = loss_of(rows, epoch.views.fork(static_cast<std::uint64_t>(step)));
    loss.backward();
    if (clip_norm > 0) clip_gradients(parameters, clip_norm);
    const double learning_rate = epoch.learning_rate(done);
    for (const Trainee& trainee : trainees) trainee.optimizer.step(learning_rate);
    if (epoch.after_step) epoch.after_step();
    tally.add(loss, to - from, learning_rate);
  }
  for (const Trainee& trainee : trainees) trainee.module.train(false);
  return tally.mean_loss();
}

EpochResult train_epoch(Context& context, const Learner& learner, const Epoch& epoch) {
  at::Tensor right = at::zeros({}, at::TensorOptions(learner.device).dtype(at::kLong));
  const auto loss_of = [&](std::span<const Index> rows, const Random& views) {
    at::Tensor batch = learner.examples.batch(rows);
    if (learner.augmentation != nullptr) batch = learner.augmentation->apply(context, batch, views);
    const at::Tensor which = borrowed_tensor(ConstArray(rows.data(), {static_cast<Index>(rows.size())}));
    const at::Tensor labels = epoch.labels.index_select(0, which).to(learner.device);
    const at::Tensor logits = learner.head.forward(learner.encoder.forward(batch.to(learner.device)));
    right += logits.detach().argmax(1).eq(labels).sum();
    return learner.head.loss(logits, labels);
  };
  const double loss =
      train_steps(context, {{learner.encoder, learner.encoder_optimizer}, {learner.head, learner.head_optimizer}},
                  learner.clip_norm, epoch, loss_of);
  return {.loss = loss, .accuracy = right.item<double>() / static_cast<double>(epoch.rows.size())};
}

}  // namespace shoal
