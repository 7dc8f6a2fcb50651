#include "confusion_merge.h"

#include <ATen/ops/matmul.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "merge.h"
#include "shoal/torch/examples.h"

namespace {

using shoal::Context;
using shoal::Index;

std::size_t place(Index i) { return static_cast<std::size_t>(i); }

/// Sizes (K) of the clusters of labels in [0, K); −1 is in none.
std::vector<double> sizes_of(std::span<const std::int64_t> labels) {
  std::vector<double> out;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    shoal::require(labels[i] >= -1, "'labels' hold {} at row {}; a label is at least 0, or −1 for noise", labels[i], i);
    if (labels[i] < 0) continue;
    if (labels[i] >= static_cast<std::int64_t>(out.size())) out.resize(place(labels[i]) + 1, 0);
    ++out[place(labels[i])];
  }
  for (std::size_t c = 0; c < out.size(); ++c)
    shoal::require(out[c] > 0, "'labels' reach {}, but no example is in cluster {}", out.size() - 1, c);
  return out;
}

/// Σ p qᵀ over all examples and its transpose, (K, K).
shoal::RowMatrix<double> confusion(Context& context, const shoal::Examples& data, shoal::Encoder& encoder,
                                   shoal::Head& head, const shoal::Augmentation& augmentation,
                                   const shoal::Compute& compute, Index clusters, Index batch_size) {
  const c10::NoGradGuard no_grad;
  const auto probabilities = [&](const at::Tensor& images) {
    return head.probabilities(compute([&] { return head.forward(encoder.forward(images.to(compute.device()))); }));
  };
  const shoal::Random views = context.random("views");
  shoal::RowMatrix<double> sum = shoal::RowMatrix<double>::Zero(clusters, clusters);
  for (Index from = 0; from < data.count(); from += batch_size) {
    context.progress(from, data.count(), "examples");
    const at::Tensor images = data.range(from, std::min(from + batch_size, data.count()));
    const at::Tensor changed = augmentation.apply(context, images, views.fork(static_cast<std::uint64_t>(from)));
    const at::Tensor joint = at::matmul(probabilities(images).t(), probabilities(changed)).to(at::kCPU).contiguous();
    sum += shoal::view(joint).matrix<float>().cast<double>();
  }
  return sum + sum.transpose();
}

}  // namespace

void ConfusionMerge::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const shoal::Examples data(context, *inputs.dataset("data"));
  const shoal::Array given = shoal::labels_of(inputs, "labels", "data", data.count());
  const auto labels = given.view().vector<std::int64_t>();
  const std::vector<double> sizes = sizes_of(labels);
  const auto clusters = static_cast<Index>(sizes.size());
  shoal::require(clusters >= params_.classes, "{} classes are asked for, but 'labels' are {} clusters", params_.classes,
                 clusters);
  const auto encoder = inputs.encoder("encoder", data.shape());
  const auto head = inputs.head("head", encoder->embedding_size(), clusters);
  encoder->train(false);
  head->train(false);

  // 1. What is taken for what.
  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  const shoal::RowMatrix<double> joint = confusion(context, data, *encoder, *head, inputs.augmentation("augmentation"),
                                                   compute, clusters, params_.batch_size);

  // 2. A few groups of clusters that surely belong together.
  shoal::RowMatrix<double> likeness = joint;
  for (Index a = 0; a < clusters; ++a)
    for (Index b = 0; b < clusters; ++b) likeness(a, b) /= sizes[place(a)] * sizes[place(b)];
  const Index groups = std::min(params_.candidates, clusters);
  const std::vector<Index> group_of = average_linkage(likeness, groups);

  // 3. The best classes made of these.
  Eigen::VectorXd shares = Eigen::VectorXd::Zero(groups);
  for (Index c = 0; c < clusters; ++c) shares[group_of[place(c)]] += sizes[place(c)];
  shares /= shares.sum();
  const Partition partition =
      best_partition(sum_by_group(joint, group_of, groups), shares, params_.classes, params_.balance);

  std::vector<std::int64_t> class_of;
  for (Index c = 0; c < clusters; ++c) class_of.push_back(partition.class_of[place(group_of[place(c)])]);
  std::vector<std::int64_t> merged;
  for (const std::int64_t label : labels) merged.push_back(label < 0 ? -1 : class_of[place(label)]);
  outputs.array("labels", context.copy(merged));
  outputs.array("class_of_cluster", context.copy(class_of));
  outputs.number("objective", partition.objective);
}
