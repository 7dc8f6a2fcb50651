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

/// What one head makes of a batch.
struct Answer {
  at::Tensor loss, right;  // scalars; undefined where no row has a label for it
  Index rows = 0;          // that have one
};

/// The loss of a head on `embedding` (B, E) against `labels` (B) on the CPU, of which those below 0 are none.
Answer answer(Head& head, const at::Tensor& embedding, const at::Tensor& labels, at::Device device) {
  std::vector<Index> labelled;
  const std::span<const std::int64_t> values(labels.const_data_ptr<std::int64_t>(),
                                             static_cast<std::size_t>(labels.size(0)));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] >= 0) labelled.push_back(static_cast<Index>(i));
  if (labelled.empty()) return {};
  const bool all = labelled.size() == values.size();
  const at::Tensor which = borrowed_tensor(ConstArray(labelled));
  const at::Tensor of = (all ? labels : labels.index_select(0, which)).to(device);
  const at::Tensor logits = head.forward(all ? embedding : embedding.index_select(0, which.to(device)));
  return {head.loss(logits, of), logits.detach().argmax(1).eq(of).sum(), static_cast<Index>(labelled.size())};
}

/// The mean over the heads that have answered. A single one's stays bit for bit.
at::Tensor mean_loss(const std::vector<Answer>& answers) {
  at::Tensor sum;
  Index heads = 0;
  for (const Answer& a : answers) {
    if (a.rows == 0) continue;
    sum = sum.defined() ? sum.add(a.loss) : a.loss;
    ++heads;
  }
  require(heads > 0, "a batch has no example with a label");
  return heads == 1 ? sum : sum.div(heads);
}

/// What the steps of an epoch have yielded so far.
class Tally {
 public:
  Tally(Context& context, const Epoch& epoch, std::size_t heads)
      : context_(context), epoch_(epoch), steps_(epoch.steps_before), head_losses_(heads, 0), head_rows_(heads, 0) {}

  void add(const at::Tensor& loss, const std::vector<Answer>& answers, Index rows, double learning_rate) {
    const at::Tensor none = at::zeros({}, loss.options().dtype(at::kDouble));
    std::vector<at::Tensor> values{loss.detach().to(at::kDouble),
                                   answers[0].rows > 0 ? answers[0].right.to(at::kDouble) : none};
    std::vector<Index> head_rows;
    for (const Answer& a : answers) {
      values.push_back(a.rows > 0 ? a.loss.detach().to(at::kDouble) : none);
      head_rows.push_back(a.rows);
    }
    waiting_.push_back({at::stack(values), rows, std::move(head_rows), learning_rate});
    if (waiting_.size() == kStepsBetweenLooks) look();
  }

  EpochResult finish() {
    look();
    const auto rows = static_cast<double>(epoch_.rows.size());
    EpochResult out{.loss = loss_ / rows, .accuracy = right_ / std::max(head_rows_[0], 1.0), .head_losses = {}};
    for (std::size_t h = 0; h < head_rows_.size(); ++h)
      out.head_losses.push_back(head_losses_[h] / std::max(head_rows_[h], 1.0));
    return out;
  }

 private:
  struct Step {
    at::Tensor values;  // the loss, how often the first head was right, and each head's loss
    Index rows;
    std::vector<Index> head_rows;
    double learning_rate;
  };

  void look() {
    if (waiting_.empty()) return;
    std::vector<at::Tensor> tensors;
    for (const Step& step : waiting_) tensors.push_back(step.values);
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
      for (std::size_t h = 0; h < step.head_rows.size(); ++h) {
        const auto head_rows = static_cast<double>(step.head_rows[h]);
        head_rows_[h] += head_rows;
        head_losses_[h] += value[2 + h] * head_rows;
      }
      value += values.size(1);
    }
    waiting_.clear();
  }

  Context& context_;
  const Epoch& epoch_;
  Index steps_;
  double loss_ = 0, right_ = 0;
  std::vector<double> head_losses_, head_rows_;
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
  const auto& [examples, encoder, head, encoder_optimizer, head_optimizer, augmentation, device, clip_norm, further] =
      learner;
  std::vector<HeadTask> tasks{{head, head_optimizer, epoch.labels}};
  for (const HeadTask& task : further) tasks.push_back(task);
  const auto count = static_cast<Index>(epoch.rows.size());
  const Index steps = steps_per_epoch(count, epoch.batch_size);
  NamedTensors parameters = encoder.parameters();
  for (const HeadTask& task : tasks)
    parameters.insert(parameters.end(), task.head.parameters().begin(), task.head.parameters().end());
  Tally tally(context, epoch, tasks.size());
  encoder.train(true);
  for (const HeadTask& task : tasks) task.head.train(true);
  for (Index step = 0; step < steps; ++step) {
    const Index done = epoch.steps_before + step;
    context.progress(done, epoch.steps_in_all, "steps");

    const Index from = step * epoch.batch_size;
    const Index to = step + 1 == steps ? count : from + epoch.batch_size;
    const auto rows = epoch.rows.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
    at::Tensor batch = examples.batch(rows);
    if (augmentation != nullptr)
      batch = augmentation->apply(context, batch, epoch.views.fork(static_cast<std::uint64_t>(step)));
    const at::Tensor which = borrowed_tensor(ConstArray(rows.data(), {to - from}));

    encoder_optimizer.zero_grad();
    for (const HeadTask& task : tasks) task.optimizer.zero_grad();
    const at::Tensor embedding = encoder.forward(batch.to(device));
    if (epoch.on_embedding) epoch.on_embedding(rows, embedding.detach());
    std::vector<Answer> answers;
    for (const HeadTask& task : tasks)
      answers.push_back(answer(task.head, embedding, task.labels.index_select(0, which), device));
    const at::Tensor loss = mean_loss(answers);
    loss.backward();
    if (clip_norm > 0) clip_gradients(parameters, clip_norm);
    const double learning_rate = epoch.learning_rate(done);
    encoder_optimizer.step(learning_rate);
    for (const HeadTask& task : tasks) task.optimizer.step(learning_rate);
    if (epoch.after_step) epoch.after_step();
    tally.add(loss, answers, to - from, learning_rate);
  }
  encoder.train(false);
  for (const HeadTask& task : tasks) task.head.train(false);
  return tally.finish();
}

}  // namespace shoal
