#include "logistic_regression.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

Columns Columns::slice(shoal::Index from, shoal::Index to) const {
  return {features.narrow(1, from, to - from), labels.narrow(0, from, to - from)};
}

Layer Layer::zeros(shoal::Index classes, const Columns& data) {
  return {at::zeros({classes, data.features.size(0) + 1}, data.features.options())};
}

at::Tensor Layer::logits(const at::Tensor& features) const {
  const shoal::Index d = features.size(0);
  return at::addmm(weights.narrow(1, d, 1), weights.narrow(1, 0, d).contiguous(), features);
}

at::Tensor Layer::predict(const at::Tensor& features) const { return logits(features).argmax(0); }

double objective(const Layer& layer, const Columns& data, double weight_decay, at::Tensor& gradient) {
  const shoal::Index d = data.features.size(0);
  const auto n = static_cast<double>(data.count());
  const at::Tensor w = layer.weights.narrow(1, 0, d);
  const at::Tensor labels = data.labels.unsqueeze(0);

  at::Tensor logits = layer.logits(data.features);
  const at::Tensor normaliser = at::logsumexp(logits, 0, /*keepdim=*/true);
  const at::Tensor losses = normaliser - logits.gather(0, labels);
  const double value =
      losses.sum(at::kDouble).item<double>() / n + weight_decay * w.square().sum(at::kDouble).item<double>();

  // ∂/∂logits = (softmax − one-hot) / N; the division comes last, where there is least to divide.
  at::Tensor error = logits.sub_(normaliser).exp_();
  error.scatter_add_(0, labels, at::full({1, data.count()}, -1, error.options()));
  gradient.narrow(1, 0, d).copy_(at::mm(error, data.features.t()).div_(n).add_(w, 2 * weight_decay));
  gradient.narrow(1, d, 1).copy_(error.sum(1, /*keepdim=*/true).div_(n));
  return value;
}

Layer fit(const Layer& start, const Columns& data, const FitOptions& options,
          const std::function<void()>& on_evaluation) {
  return {minimise(start.weights, options.max_iter, [&](const at::Tensor& weights, at::Tensor& gradient) {
    on_evaluation();
    return objective({weights}, data, options.weight_decay, gradient);
  })};
}
