#include "projectors.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "shoal/torch/checkpoint.h"

using shoal::Context;
using shoal::Index;
using shoal::Objective;

namespace {

// A mean loss this near that of collapsed outputs, relative to it where it is above 1, has not got away from it.
constexpr double kNearCollapse = 0.01;

void warn_where_it_stays(Context& context, const std::string& name, double loss,
                         const std::optional<Objective::Collapse>& collapse, Index epoch) {
  if (!collapse || std::abs(loss - collapse->loss) >= kNearCollapse * std::max(1.0, std::abs(collapse->loss))) return;
  context.log(shoal::Level::kWarning,
              "epoch {}: the {}, {}, is that of outputs that are the same for all examples, {}: the encoder learns "
              "nothing; {}, or another learning_rate",
              epoch, name, loss, collapse->loss, collapse->cure);
}

}  // namespace

void Diagnostics::add(const shoal::NamedTensors& step) {
  ++added_;
  if (sums_.empty()) {
    for (const auto& [name, value] : step) sums_.emplace_back(name, value.detach().to(at::kDouble, false, true));
    return;
  }
  shoal::require(step.size() == sums_.size(), "the objective gave {} diagnostics, then {}", sums_.size(), step.size());
  for (std::size_t i = 0; i < step.size(); ++i) sums_[i].second += step[i].second.detach();
}

void Diagnostics::report(Context& context, const std::string& prefix, Index epoch) {
  static const std::set<std::string> own = {"loss",          "step_loss", "auxiliary_loss",
                                            "embedding_std", "rank_me",   "learning_rate"};
  for (const auto& [name, sum] : sums_) {
    shoal::require(!own.contains(prefix + name), "the objective calls a diagnostic '{}', which is the trainer's own",
                   name);
    context.scalar(prefix + name, sum.item<double>() / static_cast<double>(added_), epoch);
  }
  *this = {};
}

Projectors::Projectors(shoal::Inputs& inputs, Index embedding, Index outputs, Index heads, Index first_draw,
                       const shoal::OptimizerOptions& options, std::string prefix)
    : prefix_(std::move(prefix)) {
  for (Index i = 0; i < heads; ++i) {
    std::unique_ptr<shoal::Head> head = inputs.head("head", embedding, outputs, first_draw + i);
    std::unique_ptr<Objective> objective = inputs.objective("objective", outputs);
    shoal::Optimizer head_optimizer(head->parameters(), options), objective_optimizer(objective->parameters(), options);
    projectors_.push_back(
        {std::move(head), std::move(objective), std::move(head_optimizer), std::move(objective_optimizer), {}});
  }
}

void Projectors::begin_epoch(Index epoch) {
  for (Projector& p : projectors_) p.objective->begin_epoch(epoch);
}

at::Tensor Projectors::loss(const at::Tensor& embedding, Index views, const shoal::Compute& compute) {
  at::Tensor sum;
  for (Projector& p : projectors_) {
    const at::Tensor projected = compute([&] { return p.head->forward(embedding); });
    const Objective::Loss loss = p.objective->loss(projected.chunk(views));
    diagnostics_.add(loss.diagnostics);
    const at::Tensor exact = loss.value.detach().to(at::kDouble);
    p.loss_sum = p.loss_sum.defined() ? p.loss_sum.add(exact) : exact;
    sum = sum.defined() ? sum.add(loss.value) : loss.value;
  }
  ++steps_;
  return projectors_.size() == 1 ? sum : sum.div(static_cast<double>(projectors_.size()));
}

void Projectors::after_step() {
  for (Projector& p : projectors_) p.objective->after_step();
}

void Projectors::add_to(std::vector<shoal::Trainee>& trainees) {
  for (Projector& p : projectors_) {
    trainees.push_back({*p.head, p.head_optimizer});
    trainees.push_back({*p.objective, p.objective_optimizer});
  }
}

Projectors::Epoch Projectors::end_epoch(Context& context, Index epoch, Index views, Index batch_size) {
  Epoch out;
  for (Projector& p : projectors_) {
    out.head_losses.push_back(p.loss_sum.item<double>() / static_cast<double>(steps_));
    out.loss += out.head_losses.back() / static_cast<double>(projectors_.size());
    p.loss_sum = at::Tensor();
  }
  steps_ = 0;
  context.scalar(prefix_ + "loss", out.loss, epoch);
  diagnostics_.report(context, prefix_, epoch);
  warn_where_it_stays(context, prefix_ + "loss", out.loss, projectors_[0].objective->collapse(views, batch_size),
                      epoch);
  return out;
}

void Projectors::save(shoal::StateWriter& state, const std::string& name) const {
  for (std::size_t i = 0; i < projectors_.size(); ++i) {
    const Projector& p = projectors_[i];
    shoal::save_tensors(state, shoal::text("{} head {}", name, i), p.head->state());
    shoal::save_tensors(state, shoal::text("{} objective {}", name, i), p.objective->state());
    p.head_optimizer.save(state, shoal::text("{} head optimizer {}", name, i));
    p.objective_optimizer.save(state, shoal::text("{} objective optimizer {}", name, i));
  }
}

void Projectors::load(const shoal::StateReader& state, const std::string& name) {
  for (std::size_t i = 0; i < projectors_.size(); ++i) {
    Projector& p = projectors_[i];
    shoal::load_tensors(state, shoal::text("{} head {}", name, i), p.head->state());
    shoal::load_tensors(state, shoal::text("{} objective {}", name, i), p.objective->state());
    p.head_optimizer.load(state, shoal::text("{} head optimizer {}", name, i));
    p.objective_optimizer.load(state, shoal::text("{} objective optimizer {}", name, i));
  }
}
