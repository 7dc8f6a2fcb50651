#include "affine_layer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

using shoal::Index;

Moments standardize(const at::Tensor& columns) {
  Moments out{at::zeros({columns.size(0)}, at::kFloat), at::ones({columns.size(0)}, at::kFloat)};
  for (Index feature = 0; feature < columns.size(0); ++feature) {
    const at::Tensor exact = columns[feature].to(at::kDouble);
    const auto mean = exact.mean().item<float>();
    const auto deviation = exact.std(/*unbiased=*/false).item<float>();
    at::Tensor row = columns[feature].sub_(mean);
    out.mean[feature].fill_(mean);
    if (!(deviation > 0)) continue;
    row.div_(deviation);
    out.deviation[feature].fill_(deviation);
  }
  return out;
}

at::Tensor AffineLayer::logits(const at::Tensor& features) const { return at::linear(features, weight, bias); }

AffineLayer fold(const Layer& layer, const Moments& moments) {
  const Index features = layer.weights.size(1) - 1;
  at::Tensor weight = layer.weights.narrow(1, 0, features).to(at::kDouble);
  at::Tensor bias = layer.weights.select(1, features).to(at::kDouble);
  if (moments.mean.defined()) {
    weight = weight / moments.deviation.to(weight.options());
    bias = bias - weight.matmul(moments.mean.to(weight.options()));
  }
  return {weight.to(at::kFloat).contiguous(), bias.to(at::kFloat).contiguous()};
}
