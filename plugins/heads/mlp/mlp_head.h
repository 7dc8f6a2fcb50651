// mlp_head.h: logits by a multilayer perceptron.
#ifndef SHOAL_PLUGINS_HEADS_MLP_MLP_HEAD_H_
#define SHOAL_PLUGINS_HEADS_MLP_MLP_HEAD_H_

#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/head.h"

struct MlpHeadParams {
  std::vector<std::int64_t> hidden = {128};
  bool batch_norm = false;
  double label_smoothing = 0;

  static void describe(shoal::Schema<MlpHeadParams>& schema);
};

/// For each hidden size linear → ReLU, with batch norm between where asked, then linear to logits; softmax, cross
/// entropy. It can be read after each hidden one: `hidden1`, `hidden2` …
class MlpHead final : public shoal::Head, public shoal::Readouts {
 public:
  explicit MlpHead(const MlpHeadParams& params) : params_(params) {}

  void build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) override;
  at::Tensor forward(const at::Tensor& embedding) override;
  std::vector<Place> readouts() const override;
  at::Tensor forward_to(std::size_t place, const at::Tensor& embedding) override;
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override;
  at::Tensor probabilities(const at::Tensor& logits) override;

 private:
  at::Tensor hidden(const at::Tensor& embedding, std::size_t layers);  ///< the first `layers` of the hidden ones

  MlpHeadParams params_;
  std::vector<shoal::Linear> layers_;
  std::vector<shoal::BatchNorm> norms_;  // one for each hidden layer, or none
};

#endif  // SHOAL_PLUGINS_HEADS_MLP_MLP_HEAD_H_
