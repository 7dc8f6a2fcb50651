// Components of the torch tier, each with one defect that the kit must find; those called "good" have none. What is
// wrong stands behind `bug ==`; conformance_test.cpp says which case finds it.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <limits>
#include <memory>

#include "shoal/plugin.h"
#include "shoal/torch/augmentation.h"
#include "shoal/torch/encoder.h"
#include "shoal/torch/head.h"
#include "shoal/torch/objective.h"
#include "shoal/torch/trainer.h"

namespace {

using shoal::Context;
using shoal::Index;
using shoal::Random;

enum class Bug {
  kNone,
  kUnregistered,
  kChanceInEval,
  kCountsInEval,
  kWritesInput,
  kDetached,
  kOtherShape,
  kLooksAtBatch,
  kMovesParameter,
  kGlobalChance,
  kNoProbabilities,
  kOtherVectors,
  kLossUpsideDown,
  kNotFinite,
  kOneViewWillDo,
  kDiagnosticLearns,
  kKeepsOutput,
  kUndeclaredOutput,
  kSwallowsCancel,
};

/// x·Wᵀ + b of the pixels.
template <Bug bug>
class Pixels final : public shoal::Encoder {
 public:
  void build(Context& context, const shoal::Shape& example) override {
    Index inputs = 1;
    for (const Index size : example) inputs *= size;
    if constexpr (bug == Bug::kUnregistered) {
      map_ = shoal::add_linear(hidden_, "map", inputs, kEmbedding, context.random("init"));
    } else {
      map_ = shoal::add_linear(*this, "map", inputs, kEmbedding, context.random("init"));
    }
    if constexpr (bug == Bug::kGlobalChance) {
      const c10::NoGradGuard no_gradient;
      map_.bias.copy_(at::rand({kEmbedding}));
    }
    if constexpr (bug == Bug::kCountsInEval) seen_ = add_buffer("seen", at::zeros({1}));
  }
  Index embedding_size() const override { return bug == Bug::kOtherShape ? kEmbedding + 1 : kEmbedding; }
  at::Tensor forward(const at::Tensor& examples) override {
    if constexpr (bug == Bug::kWritesInput) at::Tensor(examples).mul_(0.5);
    if constexpr (bug == Bug::kCountsInEval) seen_.add_(static_cast<double>(examples.size(0)));
    if constexpr (bug == Bug::kMovesParameter) {
      const c10::NoGradGuard no_gradient;
      if (training()) map_.weight.mul_(0.99);
    }
    at::Tensor x = examples.flatten(1);
    if constexpr (bug == Bug::kLooksAtBatch) x = x - x.mean(0, true);
    at::Tensor out = map_(x);
    if constexpr (bug == Bug::kDetached) out = x.matmul(map_.weight.detach().t()) + map_.bias;
    if constexpr (bug == Bug::kChanceInEval) out = out + 0.01 * at::rand({kEmbedding});
    return out;
  }

 private:
  static constexpr Index kEmbedding = 8;
  shoal::Module hidden_;
  shoal::Linear map_;
  at::Tensor seen_;
};

template <Bug bug>
class Classes final : public shoal::Head {
 public:
  void build(Context& context, Index embedding, Index classes) override {
    map_ = shoal::add_linear(*this, "map", embedding, classes, context.random("init"));
  }
  at::Tensor forward(const at::Tensor& embedding) override {
    return map_(bug == Bug::kDetached ? embedding.detach() : embedding);
  }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    const at::Tensor loss = at::cross_entropy_loss(logits, labels);
    return bug == Bug::kLossUpsideDown ? -loss : loss;
  }
  at::Tensor probabilities(const at::Tensor& logits) override {
    return bug == Bug::kNoProbabilities ? logits.sigmoid() : at::softmax(logits, 1);
  }
  ClassVectors class_vectors() override {
    return {bug == Bug::kOtherVectors ? map_.weight.detach() * 2 : map_.weight, map_.bias};
  }

 private:
  shoal::Linear map_;
};

/// How far two views are apart, but for what they have in all examples.
template <Bug bug>
class Apart final : public shoal::Objective {
 public:
  void build(Context&, Index outputs) override {
    if constexpr (bug == Bug::kUnregistered) kept_ = at::zeros({outputs});
    else kept_ = add_buffer("kept", at::zeros({outputs}));
  }
  Loss loss(const std::vector<at::Tensor>& views) override {
    if constexpr (bug != Bug::kOneViewWillDo) shoal::require_views(views);
    at::Tensor distance = (views.front() - views.back() - kept_).pow(2).mean();
    if constexpr (bug == Bug::kNotFinite) distance = distance / views.front().std(0).mean();
    if constexpr (bug == Bug::kDetached) distance = (views.front() - views.back().detach()).pow(2).mean();
    if (training()) {
      const c10::NoGradGuard no_gradient;
      kept_.copy_(0.9 * kept_ + 0.1 * (views.front() - views.back()).detach().mean(0));
    }
    return {distance, {{"distance", bug == Bug::kDiagnosticLearns ? distance : distance.detach()}}};
  }

 private:
  at::Tensor kept_;
};

/// Makes an image a little brighter.
template <Bug bug>
class Brighter final : public shoal::Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const Random& random) const override {
    at::Tensor out = bug == Bug::kWritesInput ? batch : batch.clone();
    const Index count = batch.size(0);
    for (Index i = 0; i < count; ++i) {
      const Index draw = bug == Bug::kLooksAtBatch ? count - i : i;
      out[i].add_(0.1 * random.fork(static_cast<std::uint64_t>(draw)).uniform());
    }
    if constexpr (bug == Bug::kGlobalChance) out.add_(0.1 * at::rand({1}));
    return bug == Bug::kOtherShape ? out.narrow(3, 0, batch.size(3) - 1) : out;
  }
};

/// Trains nothing: gives the encoder as it came, and a number.
template <Bug bug>
class Idle final : public shoal::Trainer {
 public:
  void run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const auto data = inputs.dataset("data");
    auto encoder = inputs.encoder("encoder", data->open(context).shape);
    for (Index epoch = 1; epoch <= 2; ++epoch) {
      tell(context, epoch);
      context.scalar("loss", bug == Bug::kNotFinite ? std::numeric_limits<double>::quiet_NaN() : 1.0, epoch);
    }
    if constexpr (bug != Bug::kKeepsOutput) outputs.encoder("encoder", std::move(encoder));
    if constexpr (bug == Bug::kUndeclaredOutput) outputs.number("extra", 1);
    outputs.number("score", bug == Bug::kGlobalChance ? at::rand({1}).template item<double>() : 0.5);
  }

 private:
  static void tell(Context& context, Index epoch) {
    try {
      context.progress(epoch, 2, "epochs");
    } catch (const shoal::Cancelled&) {
      if (bug != Bug::kSwallowsCancel) throw;
    }
  }
};

template <Bug bug>
void trainer(shoal::PluginBuilder& plugin, const char* id) {
  plugin.add<Idle<bug>>(id)
      .template in<shoal::Dataset>("data", "what it does not learn from")
      .template in<shoal::Encoder>("encoder", "what it does not train")
      .template out<shoal::Encoder>("encoder", "the same")
      .template out<shoal::Number>("score", "of nothing")
      .template out<shoal::Series>("loss", "of nothing");
}

}  // namespace

SHOAL_PLUGIN("bad-torch", "0.1.0", "components of the torch tier with a defect each") {
  plugin.add<Pixels<Bug::kNone>>("encoder/good").random();
  plugin.add<Pixels<Bug::kUnregistered>>("encoder/unregistered").random();
  plugin.add<Pixels<Bug::kChanceInEval>>("encoder/chance-in-eval").random();
  plugin.add<Pixels<Bug::kCountsInEval>>("encoder/counts-in-eval").random();
  plugin.add<Pixels<Bug::kWritesInput>>("encoder/writes-input").random();
  plugin.add<Pixels<Bug::kDetached>>("encoder/detached").random();
  plugin.add<Pixels<Bug::kOtherShape>>("encoder/other-width").random();
  plugin.add<Pixels<Bug::kLooksAtBatch>>("encoder/looks-at-batch").random();
  plugin.add<Pixels<Bug::kMovesParameter>>("encoder/moves-parameter").random();
  plugin.add<Pixels<Bug::kGlobalChance>>("encoder/global-chance").random();
  plugin.add<Classes<Bug::kNone>>("head/good").random();
  plugin.add<Classes<Bug::kDetached>>("head/detached").random();
  plugin.add<Classes<Bug::kNoProbabilities>>("head/no-probabilities").random();
  plugin.add<Classes<Bug::kOtherVectors>>("head/other-vectors").random();
  plugin.add<Classes<Bug::kLossUpsideDown>>("head/loss-upside-down").random();
  plugin.add<Apart<Bug::kNone>>("objective/good");
  plugin.add<Apart<Bug::kUnregistered>>("objective/unregistered");
  plugin.add<Apart<Bug::kDetached>>("objective/detached");
  plugin.add<Apart<Bug::kNotFinite>>("objective/not-finite");
  plugin.add<Apart<Bug::kOneViewWillDo>>("objective/one-view-will-do");
  plugin.add<Apart<Bug::kDiagnosticLearns>>("objective/diagnostic-learns");
  plugin.add<Brighter<Bug::kNone>>("augmentation/good");
  plugin.add<Brighter<Bug::kWritesInput>>("augmentation/writes-input");
  plugin.add<Brighter<Bug::kLooksAtBatch>>("augmentation/looks-at-batch");
  plugin.add<Brighter<Bug::kGlobalChance>>("augmentation/global-chance");
  plugin.add<Brighter<Bug::kOtherShape>>("augmentation/other-shape");
  trainer<Bug::kNone>(plugin, "trainer/good");
  trainer<Bug::kNotFinite>(plugin, "trainer/not-finite");
  trainer<Bug::kKeepsOutput>(plugin, "trainer/keeps-output");
  trainer<Bug::kUndeclaredOutput>(plugin, "trainer/undeclared-output");
  trainer<Bug::kGlobalChance>(plugin, "trainer/global-chance");
  trainer<Bug::kSwallowsCancel>(plugin, "trainer/swallows-cancel");
}
