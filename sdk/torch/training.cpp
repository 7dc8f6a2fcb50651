#include "shoal/torch/training.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace shoal {
namespace {

// Numbers stay on their device until so many steps are there: to ask a GPU for one is to wait for it.
constexpr std::size_t kStepsBetweenLooks = 32;

/// The rows of step `step` of `steps`: the last takes what is left.
std::span<const Index> rows_of_step(std::span<const Index> rows, Index step, Index steps, Index batch_size) {
  const auto from = static_cast<std::size_t>(step * batch_size);
  return step + 1 == steps ? rows.subspan(from) : rows.subspan(from, static_cast<std::size_t>(batch_size));
}

/// What one head makes of a batch.
struct Answer {
  at::Tensor loss, right;  // scalars; undefined where no row has a label for it
  Index rows = 0;          // that have one
};

/// The loss of a head on `embedding` (B, E) against `labels` (B) on the CPU, of which those below 0 are none.
Answer answer(Head& head, const at::Tensor& embedding, const at::Tensor& labels, const Compute& compute) {
  std::vector<Index> labelled;
  const std::span<const std::int64_t> values(labels.const_data_ptr<std::int64_t>(),
                                             static_cast<std::size_t>(labels.size(0)));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] >= 0) labelled.push_back(static_cast<Index>(i));
  if (labelled.empty()) return {};
  const bool all = labelled.size() == values.size();
  const at::Tensor which = borrowed_tensor(ConstArray(labelled));
  const at::Tensor of = (all ? labels : labels.index_select(0, which)).to(compute.device());
  const at::Tensor rows = all ? embedding : embedding.index_select(0, which.to(compute.device()));
  const at::Tensor logits = compute([&] { return head.forward(rows); });
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

}  // namespace

void StepNumbers::add(const std::vector<Number>& numbers, Index epoch, double learning_rate) {
  SHOAL_ASSERT(numbers.size() == series_.size());
  Step step{{}, {}, ++steps_, epoch, learning_rate};
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
    if (!std::isfinite(value[0]))
      throw Error(SHOAL_E_FAILED,
                  text("loss is {} at step {} (epoch {}, learning rate {}); a lower 'learning_rate' is the usual cure",
                       std::isnan(value[0]) ? "NaN" : "infinite", step.step, step.epoch, step.learning_rate));
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!series_[i].empty()) context_.scalar(series_[i], value[i], step.step);
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

Index full_batches(const Context& context, Index examples, Index batch_size) {
  const Index steps = examples / batch_size, left_out = examples % batch_size;
  require(steps >= 1, "'batch_size' must be at most the number of examples, {}, but is {}", examples, batch_size);
  if (left_out > 0)
    context.log(Level::kInfo, "each epoch leaves out {} of {} examples, others each time: batches are of {}", left_out,
                examples, batch_size);
  return steps;
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
  StepNumbers numbers(context, {epoch.loss_series}, epoch.steps_before);
  double learnt_from = 0;  // rows
  for (Index step = 0; step < steps; ++step) {
    const Index done = epoch.steps_before + step;
    context.progress(done, epoch.steps_in_all, "steps");
    const std::span<const Index> rows = rows_of_step(epoch.rows, step, steps, epoch.batch_size);

    for (const Trainee& trainee : trainees) trainee.optimizer.zero_grad();
    const at::Tensor loss = loss_of(rows, epoch.views.fork(static_cast<std::uint64_t>(step)));
    if (!loss.defined()) {
      numbers.skip();
      continue;
    }
    loss.backward();
    if (clip_norm > 0) clip_gradients(parameters, clip_norm);
    const double learning_rate = epoch.learning_rate(done);
    for (const Trainee& trainee : trainees) trainee.optimizer.step(learning_rate);
    if (epoch.after_step) epoch.after_step();
    numbers.add({{loss, static_cast<double>(rows.size())}}, epoch.number, learning_rate);
    learnt_from += static_cast<double>(rows.size());
  }
  for (const Trainee& trainee : trainees) trainee.module.train(false);
  if (learnt_from == 0)
    throw Error(SHOAL_E_FAILED, text("no step of epoch {} had anything to learn from", epoch.number));
  return numbers.take_sums()[0] / learnt_from;
}

EpochResult train_epoch(Context& context, const Learner& learner, const Epoch& epoch) {
  std::vector<HeadTask> tasks{{learner.head, learner.head_optimizer, epoch.labels}};
  for (const HeadTask& task : learner.further_heads) tasks.push_back(task);
  std::vector<Trainee> trainees{{learner.encoder, learner.encoder_optimizer}};
  for (const HeadTask& task : tasks) trainees.push_back({task.head, task.optimizer});
  const Compute& compute = learner.compute;
  // On their device until the epoch is over: to ask a GPU for a number is to wait for it.
  const at::Tensor none = at::zeros({}, at::TensorOptions(compute.device()).dtype(at::kDouble));
  at::Tensor right = none;
  std::vector<at::Tensor> losses(tasks.size(), none);
  std::vector<double> labelled(tasks.size(), 0);

  const double loss =
      train_steps(context, trainees, learner.clip_norm, epoch, [&](std::span<const Index> rows, const Random& views) {
        at::Tensor batch = learner.examples.batch(rows);
        if (learner.augmentation != nullptr) batch = learner.augmentation->apply(context, batch, views);
        const at::Tensor which = borrowed_tensor(ConstArray(rows.data(), {static_cast<Index>(rows.size())}));
        const at::Tensor embedding = compute([&] { return learner.encoder.forward(batch.to(compute.device())); });
        if (epoch.on_embedding) epoch.on_embedding(rows, embedding.detach());
        std::vector<Answer> answers;
        for (std::size_t h = 0; h < tasks.size(); ++h) {
          answers.push_back(answer(tasks[h].head, embedding, tasks[h].labels.index_select(0, which), compute));
          const auto& [own_loss, own_right, own_rows] = answers.back();
          if (own_rows == 0) continue;
          if (h == 0) right = right + own_right;
          losses[h] = losses[h] + own_loss.detach().to(at::kDouble) * own_rows;
          labelled[h] += static_cast<double>(own_rows);
        }
        return mean_loss(answers);
      });
  EpochResult out{.loss = loss, .accuracy = right.item<double>() / std::max(labelled[0], 1.0), .head_losses = {}};
  for (std::size_t h = 0; h < tasks.size(); ++h)
    out.head_losses.push_back(losses[h].item<double>() / std::max(labelled[h], 1.0));
  return out;
}

Batches::Batches(Context& context, const Examples& examples, const Augmentation* augmentation, Index batch_size)
    : context_(context),
      examples_(examples),
      augmentation_(augmentation),
      batch_size_(batch_size),
      steps_(shoal::steps_per_epoch(examples.count(), batch_size)) {}

void Batches::begin_epoch(Index epoch) {
  epoch_ = epoch;
  step_ = 0;
  order_ = context_.random("order").fork(static_cast<std::uint64_t>(epoch_)).permutation(examples_.count());
}

void Batches::skip(Index batches) {
  SHOAL_ASSERT(epoch_ == 0 && batches >= 0);
  begin_epoch(1 + batches / steps_);
  step_ = batches % steps_;
}

Batches::Batch Batches::next() {
  if (step_ == steps_ || epoch_ == 0) begin_epoch(epoch_ + 1);
  const std::span<const Index> rows = rows_of_step(order_, step_, steps_, batch_size_);
  Batch out{.rows = borrowed_tensor(ConstArray(rows.data(), {static_cast<Index>(rows.size())})).clone(),
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
