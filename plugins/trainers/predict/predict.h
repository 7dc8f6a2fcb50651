// predict.h: the classes that a trained encoder and head see in a dataset.
#ifndef SHOAL_PLUGINS_TRAINERS_PREDICT_PREDICT_H_
#define SHOAL_PLUGINS_TRAINERS_PREDICT_PREDICT_H_

#include "shoal/torch/examples.h"
#include "shoal/torch/precision.h"
#include "shoal/torch/trainer.h"

struct PredictParams : shoal::PrecisionOptions {
  static void describe(shoal::Schema<PredictParams>& schema) { shoal::describe_precision(schema); }
};

/// Every example once, in eval mode: the head's probabilities, and the class with the largest logit (the lowest of
/// equal ones). Nothing is trained and nothing is random.
class Predict final : public shoal::Trainer {
 public:
  explicit Predict(const PredictParams& params = {}) : params_(params) {}

  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
    const shoal::Examples data(context, *inputs.dataset("data"));
    const auto encoder = inputs.encoder("encoder", data.shape());
    const auto head = inputs.head("head", encoder->embedding_size(), inputs.trained_classes("head"));
    const at::Tensor embedding = shoal::embed(context, *encoder, data, compute);
    const shoal::Predictions found = shoal::predictions(*head, embedding, compute);
    outputs.array("predicted", context.copy(shoal::view(found.labels)));
    outputs.array("probabilities", context.copy(shoal::view(found.probabilities)));
  }

 private:
  PredictParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_PREDICT_PREDICT_H_
