#include "shoal/torch/training.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <cmath>

namespace shoal {
namespace {

// Losses and counts stay on their device until so many are there: to ask a GPU for one is to wait for it.
constexpr std::size_t kStepsBetweenLooks = 32;

/// What the steps of an epoch have yielded so far.
class Tally {
 public:
  Tally(Context& context, const Epoch& epoch) : context_(context), epoch_(epoch), steps_(epoch.steps_before) {}

  void add(const at::Tensor& loss, const at::Tensor& right, Index rows, double learning_rate) {
    waiting_.push_back({at::stack({loss.detach().to(at::kDouble), right.to(at::kDouble)}), rows, learning_rate});
    if (waiting_.size() == kStepsBetweenLooks) look();
  }

  EpochResult finish() {
    look();
    const auto rows = static_cast<double>(epoch_.rows.size());
    return {.loss = loss_ / rows, .accuracy = right_ / rows};
  }

 private:
  struct Step {
    at::Tensor loss_and_right;
    Index rows;
    double learning_rate;
  };

  void look() {
    if (waiting_.empty()) return;
    std::vector<at::Tensor> tensors;
    for (const Step& step : waiting_) tensors.push_back(step.loss_and_right);
    const at::Tensor values = at::stack(tensors).cpu();
    const double* value = values.const_data_ptr<double>();
    for (const Step& step : waiting_) {
      ++steps_;
      if (!std::isfinite(value[0]))
        throw Error(
            SHOAL_E_FAILED,
            text("loss is {} at step {} (epoch {}, learning rate {}); a lower 'learning_rate' is the usual cure",
                 std::isnan(value[0]) ? "NaN" : "infinite", steps_, epoch_.number, step.learning_rate));
      context_.scalar(epoch_.loss_series, value[0], steps_);
      loss_ += value[0] * static_cast<double>(step.rows);
      right_ += value[1];
      value += 2;
    }
    waiting_.clear();
  }

  Context& context_;
  const Epoch& epoch_;
  Index steps_;
  double loss_ = 0, right_ = 0;
  std::vector<Step> waiting_;
};

}  // namespace

Index steps_per_epoch(Index rows, Index batch_size) {
  require(rows >= 1, "there are no examples to train on");
  require(batch_size >= 1, "'batch_size' must be at least 1, but is {}", batch_size);
  const bool one_left_over = batch_size > 1 && rows > batch_size && rows % batch_size == 1;
  return (rows + batch_size - 1) / batch_size - (one_left_over ? 1 : 0);
}

EpochResult train_epoch(Context& context, const Learner& learner, const Epoch& epoch) {
  const auto& [examples, encoder, head, encoder_optimizer, head_optimizer, augmentation, device, clip_norm] = learner;
  const auto count = static_cast<Index>(epoch.rows.size());
  const Index steps = steps_per_epoch(count, epoch.batch_size);
  NamedTensors parameters = encoder.parameters();
  parameters.insert(parameters.end(), head.parameters().begin(), head.parameters().end());
  Tally tally(context, epoch);
  encoder.train(true);
  head.train(true);
  for (Index step = 0; step < steps; ++step) {
    const Index done = epoch.steps_before + step;
    context.progress(done, epoch.steps_in_all, "steps");

    const Index from = step * epoch.batch_size;
    const Index to = step + 1 == steps ? count : from + epoch.batch_size;
    const auto rows = epoch.rows.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
    at::Tensor batch = examples.batch(rows);
    if (augmentation != nullptr)
      batch = augmentation->apply(context, batch, epoch.views.fork(static_cast<std::uint64_t>(step)));
    const at::Tensor labels =
        epoch.labels.index_select(0, borrowed_tensor(ConstArray(rows.data(), {to - from}))).to(device);

    encoder_optimizer.zero_grad();
    head_optimizer.zero_grad();
    const at::Tensor logits = head.forward(encoder.forward(batch.to(device)));
    const at::Tensor loss = head.loss(logits, labels);
    loss.backward();
    if (clip_norm > 0) clip_gradients(parameters, clip_norm);
    const double learning_rate = epoch.learning_rate(done);
    encoder_optimizer.step(learning_rate);
    head_optimizer.step(learning_rate);
    if (epoch.after_step) epoch.after_step();
    tally.add(loss, logits.detach().argmax(1).eq(labels).sum(), to - from, learning_rate);
  }
  encoder.train(false);
  head.train(false);
  return tally.finish();
}

}  // namespace shoal
