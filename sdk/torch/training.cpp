#include "shoal/torch/training.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace shoal {
namespace {

// Numbers stay on their device until so many steps are there: to ask a GPU for one is to wait for it.
constexpr std::size_t kStepsBetweenLooks = 32;

}  // namespace

void StepNumbers::add(const std::vector<Number>& numbers, Index epoch, double learning_rate) {
  SHOAL_ASSERT(numbers.size() == series_.size());
  Step step{{}, {}, epoch, learning_rate};
  std::vector<at::Tensor> values;
  for (const auto& [value, weight] : numbers) {
    values.push_back(value.detach().to(at::kDouble));
    step.weights.push_back(weight);
  }
  step.values = at::stack(values);
  waiting_.push_back(std::move(step));
  if (waiting_.size() == kStepsBetweenLooks) look();
}

std::vector<double> StepNumbers::take_sums() {
  look();
  return std::exchange(sums_, std::vector<double>(series_.size(), 0));
}

void StepNumbers::look() {
  if (waiting_.empty()) return;
  std::vector<at::Tensor> tensors;
  for (const Step& step : waiting_) tensors.push_back(step.values);
  const at::Tensor values = at::stack(tensors).cpu();
  const double* value = values.const_data_ptr<double>();
  for (const Step& step : waiting_) {
    ++steps_;
    if (!std::isfinite(value[0]))
      throw Error(SHOAL_E_FAILED,
                  text("loss is {} at step {} (epoch {}, learning rate {}); a lower 'learning_rate' is the usual cure",
                       std::isnan(value[0]) ? "NaN" : "infinite", steps_, step.epoch, step.learning_rate));
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!series_[i].empty()) context_.scalar(series_[i], value[i], steps_);
      sums_[i] += value[i] * step.weights[i];
    }
    value += series_.size();
  }
  waiting_.clear();
}

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
  StepNumbers numbers(context, {epoch.loss_series, ""}, epoch.steps_before);
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
    const at::Tensor right = logits.detach().argmax(1).eq(labels).sum();
    numbers.add({{loss, static_cast<double>(to - from)}, {right, 1}}, epoch.number, learning_rate);
  }
  encoder.train(false);
  head.train(false);
  const std::vector<double> sums = numbers.take_sums();
  return {.loss = sums[0] / static_cast<double>(count), .accuracy = sums[1] / static_cast<double>(count)};
}

Batches::Batches(Context& context, const Examples& examples, const Augmentation* augmentation, Index batch_size)
    : context_(context),
      examples_(examples),
      augmentation_(augmentation),
      batch_size_(batch_size),
      steps_(shoal::steps_per_epoch(examples.count(), batch_size)) {}

Batches::Batch Batches::next() {
  if (step_ == steps_ || epoch_ == 0) {
    ++epoch_;
    step_ = 0;
    order_ = context_.random("order").fork(static_cast<std::uint64_t>(epoch_)).permutation(examples_.count());
  }
  const Index from = step_ * batch_size_;
  const Index to = step_ + 1 == steps_ ? examples_.count() : from + batch_size_;
  const std::span<const Index> rows =
      std::span(order_).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
  Batch out{.rows = borrowed_tensor(ConstArray(rows.data(), {to - from})).clone(),
            .clean = examples_.batch(rows),
            .seen = {},
            .epoch = epoch_};
  const Random views = context_.random("views").fork(static_cast<std::uint64_t>(epoch_));
  out.seen = augmentation_ == nullptr
                 ? out.clean
                 : augmentation_->apply(context_, out.clean, views.fork(static_cast<std::uint64_t>(step_)));
  ++step_;
  return out;
}

}  // namespace shoal
