// A stranger's encoder and the trainer that uses it: one linear map, fitted to one-hot labels by gradient descent.
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/one_hot.h>

#include "shoal/plugin.h"
#include "shoal/torch/encoder.h"
#include "shoal/torch/examples.h"
#include "shoal/torch/optimizer.h"
#include "shoal/torch/trainer.h"

namespace {

struct EncoderParams {
  std::int64_t embedding = 2;
  static void describe(shoal::Schema<EncoderParams>& schema) {
    schema.field("embedding", &EncoderParams::embedding, "numbers in an embedding").min(1);
  }
};

class LinearEncoder final : public shoal::Encoder {
 public:
  explicit LinearEncoder(const EncoderParams& params) : embedding_(params.embedding) {}
  void build(shoal::Context& context, const shoal::Shape& example) override {
    shoal::Index size = 1;
    for (const shoal::Index n : example) size *= n;
    linear_ = shoal::add_linear(*this, "linear", size, embedding_, context.random("init"));
  }
  shoal::Index embedding_size() const override { return embedding_; }
  at::Tensor forward(const at::Tensor& examples) override { return linear_(examples.flatten(1)); }

 private:
  shoal::Index embedding_;
  shoal::Linear linear_;
};

struct TrainerParams {
  std::int64_t steps = 200;
  double learning_rate = 0.05;
  static void describe(shoal::Schema<TrainerParams>& schema) {
    schema.field("steps", &TrainerParams::steps, "of gradient descent, on all examples").min(1);
    schema.field("learning_rate", &TrainerParams::learning_rate, "of Adam").above(0);
  }
};

class LeastSquares final : public shoal::Trainer {
 public:
  explicit LeastSquares(const TrainerParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const auto dataset = inputs.dataset("data");
    const shoal::Examples examples(context, *dataset);
    auto encoder = inputs.encoder("encoder", examples.shape());
    shoal::require(encoder->embedding_size() == examples.classes(), "an embedding of {} for {} classes",
                   encoder->embedding_size(), examples.classes());
    const at::Tensor x = examples.range(0, examples.count()).to(inputs.device());
    const at::Tensor y = at::one_hot(examples.labels(), examples.classes()).to(at::kFloat).to(inputs.device());
    shoal::Optimizer optimizer(encoder->parameters(), {.learning_rate = params_.learning_rate});
    encoder->train(true);
    for (shoal::Index step = 0; step < params_.steps; ++step) {
      const at::Tensor loss = at::mse_loss(encoder->forward(x), y);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      context.scalar("loss", loss.item<double>(), step);
      context.progress(step + 1, params_.steps, "steps");
    }
    encoder->train(false);
    outputs.number("accuracy", shoal::accuracy(encoder->forward(x).to(at::kCPU), examples.labels()));
    outputs.encoder("encoder", std::move(encoder));
  }

 private:
  TrainerParams params_;
};

}  // namespace

SHOAL_PLUGIN("least-squares", "0.1.0", "a linear encoder fitted to one-hot labels") {
  plugin.add<LinearEncoder, EncoderParams>("encoder/linear", "one linear map").random();
  plugin.add<LeastSquares, TrainerParams>("trainer/least-squares")
      .in<shoal::Dataset>("data", "labelled examples")
      .in<shoal::Encoder>("encoder", "with one number a class")
      .out<shoal::Encoder>("encoder", "the fitted one")
      .out<shoal::Number>("accuracy", "on the data itself", SHOAL_HIGHER)
      .out<shoal::Series>("loss", "of each step", SHOAL_LOWER);
}
