#include "shoal/torch/examples.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "map_batches.h"

namespace shoal {
namespace {

/// As float32 in memory of its own; bytes become [0, 1].
at::Tensor as_floats(const at::Tensor& examples) {
  if (examples.scalar_type() == at::kByte) return examples.to(at::kFloat).div_(255);
  return examples.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
}

void require_labels_below(std::span<const std::int64_t> labels, Index classes) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    require(labels[i] >= 0, "labels must be at least 0, but example {} has {}", i, labels[i]);
    require(classes == 0 || labels[i] < classes, "there are {} classes, but example {} has label {}", classes, i,
            labels[i]);
  }
}

}  // namespace

Examples::Examples(Context& context, DatasetProxy& dataset) : info_(dataset.open(context)) {
  require(info_.count >= 1, "the dataset has no examples");
  Array examples = dataset.examples(context);
  if (info_.dtype != DType::kUInt8) {  // finite?
    const Index rows[] = {examples.rows(), examples.cols()};
    if (info_.dtype == DType::kFloat32) require_features(ConstArray(examples.view().data<float>(), rows));
    else require_features(ConstArray(examples.view().data<double>(), rows));
  }
  examples_ = tensor(std::move(examples));
  if (!info_.labelled) return;
  Array labels = dataset.labels(context);
  require_labels_below(labels.view().vector<std::int64_t>(), static_cast<Index>(info_.class_names.size()));
  labels_ = tensor(std::move(labels));
}

Index Examples::classes() const {
  require(labels_.defined(), "the dataset has no labels");
  return info_.class_names.empty() ? labels_.max().item<std::int64_t>() + 1
                                   : static_cast<Index>(info_.class_names.size());
}

at::Tensor Examples::select(const at::Tensor& from, std::span<const Index> rows) const {
  for (const Index row : rows) require(row >= 0 && row < count(), "example {} of {} does not exist", row, count());
  const at::Tensor which = borrowed_tensor(ConstArray(rows.data(), {static_cast<Index>(rows.size())}));
  return at::index_select(from, 0, which);
}

at::Tensor Examples::batch(std::span<const Index> rows) const { return as_floats(select(examples_, rows)); }

Examples Examples::subset(std::span<const Index> rows) const {
  require(!rows.empty(), "a subset needs at least 1 example, got none");
  Examples out = *this;
  out.info_.count = static_cast<Index>(rows.size());
  out.examples_ = select(examples_, rows);
  if (labels_.defined()) out.labels_ = select(labels_, rows);
  return out;
}

at::Tensor Examples::range(Index from, Index to) const {
  require(0 <= from && from <= to && to <= count(), "examples {} to {} of {} do not exist", from, to, count());
  return as_floats(examples_.narrow(0, from, to - from));
}

at::Tensor map_batches(Context& context, const Examples& examples, Index batch_size,
                       const std::function<at::Tensor(const at::Tensor&, Index batch)>& map, at::Tensor out) {
  require(batch_size >= 1, "'batch_size' must be at least 1, but is {}", batch_size);
  const c10::NoGradGuard no_grad;
  for (Index from = 0; from < examples.count(); from += batch_size) {
    context.progress(from, examples.count(), "examples");
    const Index to = std::min(from + batch_size, examples.count());
    const at::Tensor mapped = map(examples.range(from, to), from / batch_size);
    require(mapped.dim() == 2 && mapped.size(0) == to - from,
            "expected {} rows from {} examples, got a tensor of shape {}", to - from, to - from,
            to_string(Shape(mapped.sizes().vec())));
    if (!out.defined()) out = at::empty({examples.count(), mapped.size(1)}, at::kFloat);
    out.narrow(0, from, to - from).copy_(mapped);
  }
  context.progress(examples.count(), examples.count(), "examples");
  return out;
}

at::Tensor embed(Context& context, Encoder& encoder, const Examples& examples, const Compute& compute,
                 Index batch_size) {
  const EvalMode eval(encoder);
  return map_batches(context, examples, batch_size, [&](const at::Tensor& x, Index) {
    return compute([&] { return encoder.forward(x.to(compute.device())); });
  });
}

at::Tensor predict_logits(Context& context, Encoder& encoder, Head& head, const Examples& examples,
                          const Compute& compute, Index batch_size) {
  const EvalMode eval_encoder(encoder), eval_head(head);
  return map_batches(context, examples, batch_size, [&](const at::Tensor& x, Index) {
    return compute([&] { return head.forward(encoder.forward(x.to(compute.device()))); });
  });
}

Predictions predictions(Head& head, const at::Tensor& embedding, const Compute& compute) {
  const EvalMode eval(head);
  const c10::NoGradGuard no_grad;
  const at::Tensor logits = compute([&] { return head.forward(embedding.to(compute.device())); });
  return {.logits = logits.cpu().contiguous(),
          .probabilities = head.probabilities(logits).cpu().contiguous(),
          .labels = logits.argmax(1).cpu()};
}

double accuracy(const at::Tensor& logits, const at::Tensor& labels) {
  require(logits.dim() == 2 && labels.dim() == 1 && logits.size(0) == labels.size(0) && labels.size(0) >= 1,
          "expected logits (N, C) and labels (N), got {} and {}", to_string(Shape(logits.sizes().vec())),
          to_string(Shape(labels.sizes().vec())));
  const auto right = logits.argmax(1).eq(labels.to(logits.device())).sum().item<std::int64_t>();
  return static_cast<double>(right) / static_cast<double>(labels.size(0));
}

}  // namespace shoal
