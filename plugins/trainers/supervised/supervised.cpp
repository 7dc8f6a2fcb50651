#include "supervised.h"

#include <c10/core/GradMode.h>

#include <cmath>
#include <numeric>
#include <optional>

#include "shoal/torch/averaged_model.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::Model;

/// The labelled examples of an optional port, held to the training data's shape and classes.
std::optional<Examples> find_examples(Context& context, shoal::Inputs& inputs, std::string_view port,
                                      const Examples& data) {
  if (!inputs.has(port)) return std::nullopt;
  Examples found(context, *inputs.dataset(port));
  shoal::require(found.shape() == data.shape(), "'{}' holds examples of shape {}, but 'data' of {}", port,
                 shoal::to_string(found.shape()), shoal::to_string(data.shape()));
  shoal::require(found.labels().defined(), "'{}' has no labels", port);
  shoal::require(found.classes() <= data.classes(), "'{}' has {} classes, but 'data' only {}", port, found.classes(),
                 data.classes());
  return found;
}

/// Which examples of the data are trained on, and which are held out for validation.
struct Split {
  std::vector<Index> train, held_out;
};

Split split(const Context& context, Index count, double validation_share) {
  Split out;
  out.train.resize(static_cast<std::size_t>(count));
  std::iota(out.train.begin(), out.train.end(), 0);
  if (validation_share == 0) return out;
  const auto held_out = static_cast<Index>(std::llround(validation_share * static_cast<double>(count)));
  shoal::require(held_out >= 1 && held_out < count,
                 "'validation_share' {} holds out {} of {} examples; at least 1 must be held out, and 1 be trained on",
                 validation_share, held_out, count);
  context.random("validation").shuffle(std::span(out.train));
  out.held_out.assign(out.train.end() - held_out, out.train.end());
  out.train.resize(out.train.size() - out.held_out.size());
  context.log(shoal::Level::kInfo, "{} of {} examples are held out for validation", held_out, count);
  return out;
}

/// What the parameters ask of the validation set can be had.
void require_validation(const SupervisedParams& params, const shoal::Inputs& inputs) {
  const bool wired = inputs.has("validation");
  const bool held_out = params.validation_share > 0;
  shoal::require(!wired || !held_out,
                 "'validation' is wired, so 'validation_share' must be 0, but is {}: there is one validation set",
                 params.validation_share);
  constexpr const char* kHelp = "needs a validation set: wire 'validation', or give a 'validation_share' of 'data'";
  shoal::require(params.patience == 0 || wired || held_out, "'patience' {} {}", params.patience, kHelp);
  shoal::require(params.keep == Keep::kLast || wired || held_out, "keep 'best' {}", kHelp);
}

/// The first epoch of those with the best validation accuracy and, where asked, what the modules were after it.
class BestEpoch {
 public:
  BestEpoch(std::vector<const shoal::Module*> modules, bool remember)
      : modules_(std::move(modules)), remember_(remember) {}

  void add(Index epoch, double accuracy) {
    if (epoch_ > 0 && !(accuracy > accuracy_)) return;
    epoch_ = epoch;
    accuracy_ = accuracy;
    if (remember_) copy_states();
  }
  void restore() const {
    for (std::size_t i = 0; i < modules_.size(); ++i) shoal::copy_state(states_[i], modules_[i]->state());
  }
  void save(shoal::StateWriter& state) const {
    shoal::save_number(state, "best epoch", epoch_);
    shoal::save_number(state, "best accuracy", accuracy_);
    for (std::size_t i = 0; i < states_.size(); ++i) shoal::save_tensors(state, shoal::text("best {}", i), states_[i]);
  }
  void load(const shoal::StateReader& state) {
    epoch_ = shoal::load_number<std::int64_t>(state, "best epoch");
    accuracy_ = shoal::load_number<double>(state, "best accuracy");
    if (epoch_ == 0 || !remember_) return;
    copy_states();
    for (std::size_t i = 0; i < states_.size(); ++i) shoal::load_tensors(state, shoal::text("best {}", i), states_[i]);
  }
  Index epoch() const { return epoch_; }  // 0: none yet
  double accuracy() const { return accuracy_; }

 private:
  void copy_states() {
    states_.clear();
    for (const shoal::Module* module : modules_) {
      states_.push_back(module->state());
      for (auto& [name, tensor] : states_.back()) tensor = tensor.detach().clone();
    }
  }

  std::vector<const shoal::Module*> modules_;
  bool remember_;
  Index epoch_ = 0;
  double accuracy_ = 0;
  std::vector<shoal::NamedTensors> states_;
};

/// Measures a model: on the validation set, if there is one, after each epoch, and on the test set at the end.
class Judge {
 public:
  Judge(Context& context, const SupervisedParams& params, const Model& model, std::optional<Examples> validation,
        const shoal::Compute& compute)
      : context_(context),
        params_(params),
        model_(model),
        validation_(std::move(validation)),
        compute_(compute),
        best_({model.encoder.get(), model.head.get()}, params.keep == Keep::kBest) {}

  void judge(Index epoch) {
    if (!validation_) return;
    const c10::NoGradGuard no_grad;
    const at::Tensor logits = logits_of(*validation_);
    const double accuracy = shoal::accuracy(logits, validation_->labels());
    const at::Tensor loss =
        model_.head->loss(logits.to(compute_.device()), validation_->labels().to(compute_.device()));
    context_.scalar("validation_loss", loss.item<double>(), epoch);
    context_.scalar("validation_accuracy", accuracy, epoch);
    best_.add(epoch, accuracy);
  }

  /// Whether patience is at its end after this epoch; then the log says so.
  bool stops(Index epoch) const {
    if (params_.patience == 0 || epoch - best_.epoch() < params_.patience) return false;
    context_.log(shoal::Level::kInfo,
                 "training stops after epoch {} of {}: validation_accuracy has not exceeded the {} of epoch {} for {} "
                 "epochs ('patience')",
                 epoch, params_.epochs, best_.accuracy(), best_.epoch(), params_.patience);
    return true;
  }

  void save(shoal::StateWriter& state) const { best_.save(state); }
  void load(const shoal::StateReader& state) { best_.load(state); }

  /// Makes the model the one that is kept.
  void choose(shoal::Outputs& outputs) {
    if (validation_) outputs.number("best_epoch", static_cast<double>(best_.epoch()));
    if (params_.keep == Keep::kLast) return;
    best_.restore();
    context_.log(shoal::Level::kInfo,
                 "encoder and head are those of epoch {}, whose validation_accuracy is the best: {}", best_.epoch(),
                 best_.accuracy());
  }

  double accuracy(const Examples& examples) const { return shoal::accuracy(logits_of(examples), examples.labels()); }

 private:
  at::Tensor logits_of(const Examples& examples) const {
    return shoal::predict_logits(context_, *model_.encoder, *model_.head, examples, compute_);
  }

  Context& context_;
  const SupervisedParams& params_;
  const Model& model_;
  std::optional<Examples> validation_;
  shoal::Compute compute_;
  BestEpoch best_;
};

}  // namespace

void Supervised::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  require_validation(params_, inputs);
  const Examples data(context, *inputs.dataset("data"));
  shoal::require(data.labels().defined(), "'data' has no labels, so there is nothing to supervise with");
  const auto [train, held_out] = split(context, data.count(), params_.validation_share);
  std::optional<Examples> validation =
      held_out.empty() ? find_examples(context, inputs, "validation", data) : data.subset(held_out);
  const std::optional<Examples> test = find_examples(context, inputs, "test", data);

  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  shoal::AveragedModel model(inputs, data.shape(), data.classes(), params_.ema_decay);
  Model& trained = model.trained();
  shoal::Optimizer encoder_optimizer(trained.encoder->parameters(), params_);
  shoal::Optimizer head_optimizer(trained.head->parameters(), params_);
  const shoal::Learner learner{
      data,           *trained.encoder,
      *trained.head,  encoder_optimizer,
      head_optimizer, inputs.has("augmentation") ? &inputs.augmentation("augmentation") : nullptr,
      compute,        params_.clip_norm};

  Model& given = model.given();
  Judge judge(context, params_, given, std::move(validation), compute);

  const Index steps = shoal::steps_per_epoch(static_cast<Index>(train.size()), params_.batch_size);
  const shoal::ScheduleOptions schedule{.warmup = params_.warmup,
                                        .drop_every = params_.step_epochs.value_or(0) * steps,
                                        .drop_factor = params_.step_factor};
  const auto learning_rate = [&](Index steps_done) {
    return params_.learning_rate *
           shoal::schedule_factor(params_.schedule, steps_done, params_.epochs * steps, schedule);
  };
  // Random streams, steps and the schedule follow from the number of the epoch.
  const shoal::Checkpoint checkpoint(context, "epoch");
  const Index done = checkpoint.restore([&](const shoal::StateReader& state) {
    model.load(state);
    encoder_optimizer.load(state, "encoder optimizer");
    head_optimizer.load(state, "head optimizer");
    judge.load(state);
  });
  for (Index epoch = done + 1; epoch <= params_.epochs; ++epoch) {
    const auto stream = static_cast<std::uint64_t>(epoch);
    std::vector<Index> rows = train;
    context.random("order").fork(stream).shuffle(std::span(rows));
    const Index before = (epoch - 1) * steps;
    const shoal::EpochResult result = shoal::train_epoch(context, learner,
                                                         {.number = epoch,
                                                          .rows = rows,
                                                          .labels = data.labels(),
                                                          .batch_size = params_.batch_size,
                                                          .steps_before = before,
                                                          .steps_in_all = params_.epochs * steps,
                                                          .views = context.random("views").fork(stream),
                                                          .learning_rate = learning_rate,
                                                          .after_step = model.after_step()});
    context.scalar("train_loss", result.loss, epoch);
    context.scalar("train_accuracy", result.accuracy, epoch);
    context.scalar("learning_rate", learning_rate(before + steps), epoch);
    judge.judge(epoch);
    if (judge.stops(epoch)) break;
    checkpoint.offer(epoch, [&](shoal::StateWriter& state) {
      model.save(state);
      encoder_optimizer.save(state, "encoder optimizer");
      head_optimizer.save(state, "head optimizer");
      judge.save(state);
    });
  }

  judge.choose(outputs);
  if (test) outputs.number("accuracy", judge.accuracy(*test));
  outputs.encoder("encoder", std::move(given.encoder));
  outputs.head("head", std::move(given.head));
}
