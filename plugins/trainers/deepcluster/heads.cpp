#include "heads.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>

#include "shoal/torch/checkpoint.h"

namespace {

using shoal::ConstArray;
using shoal::Index;

// 1 − cosine of an embedding and what a transform made of it, in float32: more is another direction.
constexpr double kSameDirection = 1e-5;

/// Throws InputError unless every row of `features` points where that of `embedding` does. Rows of zeros have no
/// direction.
void require_same_directions(ConstArray embedding, ConstArray features) {
  constexpr const char* kAdvice =
      "transforms may change its length alone (transform/l2-normalize); leave others out, or take 'reset' or 'matched'";
  shoal::require(embedding.cols() == features.cols(),
                 "head_policy 'centroids' with a head of cosines needs clusters of the embedding's directions: {}; "
                 "these make {} columns of {}",
                 kAdvice, features.cols(), embedding.cols());
  const shoal::RowMatrix<double> a = shoal::unit_rows(embedding), b = shoal::unit_rows(features);
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    const double cosine = a.row(i).dot(b.row(i));
    const bool zeros = a.row(i).isZero(0) || b.row(i).isZero(0);
    shoal::require(zeros || cosine > 1 - kSameDirection,
                   "head_policy 'centroids' with a head of cosines needs clusters of the embedding's directions: {}; "
                   "the cosine of example {} before and after them is {}",
                   kAdvice, i, cosine);
  }
}

/// Sets the head's class vectors to the clusters' means. Those of a linear head, with biases, so that its largest logit
/// is that of the nearest mean: −½‖x − c‖² is x·c − ½‖c‖² but for what all classes share. Those of a head of cosines to
/// the means of what was clustered: of unit rows the centroids of spherical k-means, but for their length.
void set_to_centroids(shoal::Head& head, const Classifier::Clustering& now) {
  const auto vectors = head.class_vectors();
  shoal::require(vectors.weight.defined(),
                 "head_policy 'centroids' needs a head with one vector a class, like head/linear or head/prototypes; "
                 "this one has none");
  const bool linear = vectors.bias.defined();
  const bool transformed = now.features.bytes() != now.embedding.bytes();
  shoal::require(!linear || !transformed,
                 "head_policy 'centroids' with a linear head needs clusters in the space of the embedding, but what is "
                 "clustered went through transforms; leave them out, or take head/prototypes, 'reset' or 'matched'");
  if (transformed) require_same_directions(now.embedding, now.features);
  shoal::RowMatrix<double> means = centroids(now.features, now.pseudo);
  const c10::NoGradGuard no_grad;
  vectors.weight.copy_(at::from_blob(means.data(), {means.rows(), means.cols()}, at::kDouble));
  if (!linear) return;
  Eigen::VectorXd biases = -0.5 * means.rowwise().squaredNorm();
  vectors.bias.copy_(at::from_blob(biases.data(), {biases.size()}, at::kDouble));
}

}  // namespace

void Classifier::renew(shoal::Context& context, shoal::Inputs& inputs, HeadPolicy policy,
                       const shoal::OptimizerOptions& options, const Clustering& now) {
  const bool matched = policy == HeadPolicy::kMatched;
  if (matched && classes_ == now.pseudo.clusters()) return;
  if (matched && head_)
    context.log(shoal::Level::kInfo, "epoch {}: {} clusters where there were {}, so the head is a new one", now.epoch,
                now.pseudo.clusters(), classes_);
  classes_ = now.pseudo.clusters();
  embedding_ = now.embedding.cols();
  draw_ = now.draw;
  make(inputs, options);
  if (policy == HeadPolicy::kCentroids) set_to_centroids(*head_, now);
}

void Classifier::make(shoal::Inputs& inputs, const shoal::OptimizerOptions& options) {
  head_ = inputs.head("head", embedding_, classes_, draw_);
  optimizer_ = std::make_unique<shoal::Optimizer>(head_->parameters(), options);
}

void Classifier::save(shoal::StateWriter& state, const std::string& prefix) const {
  shoal::save_number(state, prefix + " embedding", embedding_);
  shoal::save_number(state, prefix + " classes", classes_);
  shoal::save_number(state, prefix + " draw", draw_);
  shoal::save_tensors(state, prefix, head_->state());
  optimizer_->save(state, prefix + " optimizer");
}

void Classifier::load(const shoal::StateReader& state, const std::string& prefix, shoal::Inputs& inputs,
                      const shoal::OptimizerOptions& options) {
  embedding_ = shoal::load_number<std::int64_t>(state, prefix + " embedding");
  classes_ = shoal::load_number<std::int64_t>(state, prefix + " classes");
  draw_ = shoal::load_number<std::int64_t>(state, prefix + " draw");
  make(inputs, options);
  shoal::load_tensors(state, prefix, head_->state());
  optimizer_->load(state, prefix + " optimizer");
}
