// What an objective must hold to: shoal/torch/objective.h.
#include "framework/conformance/torch_work.h"
#include "shoal/torch/objective.h"

namespace shoal::host::conformance {
namespace {

constexpr Index kBatch = 16, kOutputs = 12;

Objective& built(Trial& trial) {
  auto& objective = torch_component<Objective>(trial.object());
  objective.build(trial.context(), kOutputs);
  objective.begin_epoch(1);
  return objective;
}

std::vector<at::Tensor> views(Trial& trial, int count = 2) {
  std::vector<at::Tensor> out;
  const at::Tensor shared = made_up(trial.context(), {kBatch, kOutputs});
  for (int v = 0; v < count; ++v)
    out.push_back((shared + 0.2 * made_up(trial.context(), {kBatch, kOutputs}, static_cast<std::uint64_t>(v) + 1) - 0.5)
                      .requires_grad_(true));
  return out;
}

Result work(Trial& trial, const Form&) {
  Objective& objective = built(trial);
  objective.train(true);
  Result out = state_of(objective);
  for (int step = 0; step < 2; ++step) {
    const auto given = views(trial);
    const Objective::Loss loss = objective.loss(given);
    add(out, "loss", loss.value);
    add(out, "", loss.diagnostics);
    loss.value.backward();
    for (const at::Tensor& view : given)
      if (view.grad().defined()) add(out, "gradient of a view", view.grad());
    objective.after_step();
  }
  return out;
}

void loss(const Subject& s) {
  Trial trial(s);
  Objective& objective = built(trial);
  objective.train(true);
  std::vector<std::string> names;
  for (int step = 0; step < 3; ++step) {
    const Objective::Loss found = objective.loss(views(trial));
    expect_tensor(found.value, "the loss", {});
    expect(found.value.requires_grad(), "its loss has no gradient");
    std::vector<std::string> now;
    for (const auto& [name, tensor] : found.diagnostics) {
      now.push_back(name);
      expect_tensor(tensor, "its diagnostic '" + name + "'", {}, tensor.scalar_type());
      expect(!tensor.requires_grad(), "its diagnostic '{}' has a gradient", name);
    }
    expect(step == 0 || now == names, "its diagnostics have other names from one step to the next");
    names = now;
    objective.after_step();
  }
}

void gradients(const Subject& s) {
  Trial trial(s);
  Objective& objective = built(trial);
  objective.train(true);
  const auto given = views(trial);
  objective.loss(given).value.backward();
  for (std::size_t v = 0; v < given.size(); ++v) {
    expect(given[v].grad().defined(), "no gradient reaches view {}", v);
    Result values;
    add(values, text("the gradient of view {}", v), given[v].grad());
    const auto bad = values.not_finite();
    expect(!bad, "{}", bad.value_or(""));
  }
}

void wrong_views(const Subject& s) {
  Trial trial(s);
  Objective& objective = built(trial);
  expect_refused(ended([&] { objective.loss(views(trial, 1)); }), "one view");
  auto unlike = views(trial);
  unlike[1] = unlike[1].narrow(0, 0, kBatch - 1);
  expect_refused(ended([&] { objective.loss(unlike); }), "views of different numbers of examples");
  expect_done_or_refused(ended([&] { objective.loss(views(trial, 3)); }), "three views");
}

void views_alike(const Subject& s) {
  Trial trial(s);
  Objective& objective = built(trial);
  objective.train(true);
  const at::Tensor one = at::Tensor(made_up(trial.context(), {1, kOutputs})).expand({kBatch, kOutputs}).clone();
  const std::vector<at::Tensor> collapsed = {one.clone().requires_grad_(true), one.clone().requires_grad_(true)};
  const Objective::Loss found = objective.loss(collapsed);
  expect_tensor(found.value, "the loss of outputs that are alike for all examples", {});
}

}  // namespace

Kind objective_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work};
  kind.cases = module_cases(
      subject, [](Trial& trial) -> Module& { return built(trial); },
      [](Trial& trial, Module& module) { return dynamic_cast<Objective&>(module).loss(views(trial)).value; });
  kind.cases.insert(
      kind.cases.end(),
      {{"loss-is-scalar", "a finite scalar with gradient; diagnostics without, always the same", of(loss)},
       {"gradients-finite", "a finite gradient reaches every view", of(gradients)},
       {"wrong-views-refused", "an InputError for one view, or views of two sizes", of(wrong_views)},
       {"collapsed-views", "outputs alike for all examples give a finite loss", of(views_alike)}});
  return kind;
}

}  // namespace shoal::host::conformance
