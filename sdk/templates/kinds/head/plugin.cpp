// head/@name@: classes by the cosine to a vector of each.
#include "shoal/plugin.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/softmax.h>

#include "shoal/torch/head.h"

namespace {

struct Params {
  double scale = 10;
  static void describe(shoal::Schema<Params>& schema) {
    schema.field("scale", &Params::scale, "what cosines are multiplied by: the higher, the surer the head can be")
        .above(0);
  }
};

at::Tensor unit_length(const at::Tensor& rows) {
  return rows / rows.norm(2, /*dim=*/1, /*keepdim=*/true).clamp_min(1e-12);
}

/// Logits scale·cos(x, w_c), softmax, cross entropy. How long an embedding is says nothing.
/// Source: H. Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face Recognition", CVPR 2018 (without a margin).
class @class@ final : public shoal::Head {
 public:
  explicit @class@(const Params& params) : scale_(params.scale) {}

  void build(shoal::Context& context, shoal::Index embedding, shoal::Index classes) override {
    shoal::require(embedding >= 1 && classes >= 1, "needs at least 1 number in an embedding and 1 class, got {} and {}",
                   embedding, classes);
    weight_ = add_parameter("weight", shoal::random_unit_rows(classes, embedding, context.random("weight")));
  }
  at::Tensor forward(const at::Tensor& embedding) override {
    return unit_length(embedding).matmul(unit_length(weight_).t()) * scale_;
  }
  at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) override {
    return at::cross_entropy_loss(logits, labels);
  }
  at::Tensor probabilities(const at::Tensor& logits) override { return at::softmax(logits, 1); }
  ClassVectors class_vectors() override { return {.weight = weight_, .bias = {}}; }

 private:
  double scale_;
  at::Tensor weight_;  // (C, E); undefined before build
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "classes by the cosine to a vector of each") {
  plugin.add<@class@, Params>("head/@name@").random();
}
