// What a head must hold to: shoal/torch/head.h.
#include <cmath>

#include "framework/conformance/torch_work.h"
#include "shoal/torch/head.h"

namespace shoal::host::conformance {
namespace {

constexpr Index kBatch = 8, kEmbedding = 12, kClasses = 5;

Head& built(Trial& trial) {
  auto& head = torch_component<Head>(trial.object());
  head.build(trial.context(), kEmbedding, kClasses);
  return head;
}

at::Tensor embedding(Trial& trial) { return made_up(trial.context(), {kBatch, kEmbedding}); }

at::Tensor labels(Trial& trial) {
  at::Tensor out = made_up(trial.context(), {kBatch}).mul(kClasses).to(at::kLong);
  return out;
}

Result work(Trial& trial, const Form&) {
  Head& head = built(trial);
  Result out = state_of(head);
  head.train(true);
  const at::Tensor input = embedding(trial).requires_grad_(true);  // as that of an encoder that learns
  const at::Tensor logits = head.forward(input), loss = head.loss(logits, labels(trial));
  add(out, "logits", logits);
  add(out, "loss", loss);
  loss.backward();
  for (const auto& [name, tensor] : head.parameters())
    if (tensor.grad().defined()) add(out, "gradient of " + name, tensor.grad());
  if (input.grad().defined()) add(out, "gradient of the embedding", input.grad());
  add(out, "probabilities", head.probabilities(logits));
  return out;
}

void shapes(const Subject& s) {
  Trial trial(s);
  Head& head = built(trial);
  const at::Tensor logits = head.forward(embedding(trial));
  expect_tensor(logits, "forward's result", {kBatch, kClasses});
  expect_tensor(head.loss(logits, labels(trial)), "the loss", {});
  expect_tensor(head.forward(embedding(trial).narrow(0, 0, 1)), "forward's result of one example", {1, kClasses});
}

void probabilities(const Subject& s) {
  Trial trial(s);
  Head& head = built(trial);
  const at::Tensor p = head.probabilities(head.forward(embedding(trial))).detach();
  expect_tensor(p, "its probabilities", {kBatch, kClasses});
  expect(p.min().item<double>() >= 0, "one of its probabilities is {}", p.min().item<double>());
  const double off = (p.sum(1) - 1).abs().max().item<double>();
  expect(off < 1e-4, "a row of its probabilities is {} away from a sum of 1", off);
}

void gradients(const Subject& s) {
  Trial trial(s);
  Head& head = built(trial);
  head.train(true);
  const at::Tensor input = embedding(trial).requires_grad_(true);
  const at::Tensor loss = head.loss(head.forward(input), labels(trial));
  if (head.parameters().empty()) loss.backward();  // a head that others set: still an encoder learns through it
  else expect_gradients(head, loss);
  expect(input.grad().defined(), "no gradient reaches the embedding, so that no encoder could learn");
}

void loss_is_of_labels(const Subject& s) {
  Trial trial(s);
  Head& head = built(trial);
  at::Tensor logits = made_up(trial.context(), {kBatch, kClasses});
  const at::Tensor which = labels(trial);
  const double before = head.loss(logits, which).item<double>();
  for (Index i = 0; i < kBatch; ++i) logits[i][which[i].item<Index>()] += 3;
  const double after = head.loss(logits, which).item<double>();
  expect(after < before, "raising the logits of the true classes by 3 moves the loss from {} to {}", before, after);
}

void class_vectors(const Subject& s) {
  Trial trial(s);
  Head& head = built(trial);
  const auto vectors = head.class_vectors();
  if (!vectors.weight.defined()) {
    expect(!vectors.bias.defined(), "its class vectors have a bias but no weight");
    throw Skipped("it has no class vectors");
  }
  expect_tensor(vectors.weight, "the weight of its class vectors", {kClasses, kEmbedding});
  if (!vectors.bias.defined()) return;
  expect_tensor(vectors.bias, "the bias of its class vectors", {kClasses});
  head.train(false);
  const at::Tensor x = embedding(trial);
  const double off = (head.forward(x) - x.matmul(vectors.weight.t()) - vectors.bias).abs().max().item<double>();
  expect(off < 1e-4, "its logits are {} away from x·wᵀ + b of its class vectors", off);
}

}  // namespace

Kind head_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work};
  kind.cases = module_cases(
      subject, [](Trial& trial) -> Module& { return built(trial); },
      [](Trial& trial, Module& module) { return dynamic_cast<Head&>(module).forward(embedding(trial)); });
  kind.cases.insert(
      kind.cases.end(),
      {{"logits-shape", "logits (B, C) float32, a scalar loss, one example too", of(shapes)},
       {"probabilities-sum-to-1", "at least 0, rows that sum to 1", of(probabilities)},
       {"gradients-finite", "a finite gradient reaches every parameter, and the embedding", of(gradients)},
       {"loss-falls-with-true-logits", "higher logits of the true classes lower the loss", of(loss_is_of_labels)},
       {"class-vectors", "(C, E), and the logits are theirs", of(class_vectors)}});
  return kind;
}

}  // namespace shoal::host::conformance
