#include "deepcluster.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <optional>

#include "pseudo_labels.h"
#include "shoal/kernels/agreement.h"
#include "shoal/kernels/neighbors.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::Level;
using shoal::SubContext;

// Where the mean loss of an epoch lies this close to ln K, the head has learnt no more than to guess.
constexpr double kNearGuessing = 0.01;
constexpr double kTooLargeShare = 0.5;

void require_two(const PseudoLabels& now, Index epoch, std::string_view cure) {
  if (now.clusters() >= 2) return;
  throw shoal::Error(SHOAL_E_FAILED,
                     shoal::text("at least 2 clusters are needed, but in epoch {} {} of {} examples are in {}: {}",
                                 epoch, now.labelled(), now.labels.size(), now.clusters(), cure));
}

/// Where the pseudo-labels come from: a clusterer, or given labels and a vote.
class Assigner {
 public:
  Assigner(shoal::Inputs& inputs, const DeepClusterParams& params, Index examples)
      : neighbors_(params.neighbors.value_or(15)), votes_(params.votes.value_or(2)) {
    const bool labels = inputs.has("labels");
    shoal::require(labels != inputs.has("clusterer"),
                   "pseudo-labels come from a clusterer, or from given labels and a vote: wire one of 'clusterer' and "
                   "'labels', not {}",
                   labels ? "both" : "none");
    shoal::require(labels || (!params.neighbors && !params.votes),
                   "'{}' is for the vote that refines given 'labels', but a clusterer is wired",
                   params.neighbors ? "neighbors" : "votes");
    if (!labels) {
      clusterer_ = inputs.clusterer("clusterer");
      return;
    }
    given_ = compact(shoal::labels_of(inputs, "labels", "data", examples).view().vector<std::int64_t>());
    require_two(given_, 1, "'labels' say so");
  }

  bool votes() const { return clusterer_ == nullptr; }

  /// Clusters without their empty ones, and numbered like the previous assignment's where there was one.
  PseudoLabels assign(Context& context, shoal::ConstArray features, const std::optional<PseudoLabels>& previous,
                      Index epoch) {
    PseudoLabels now =
        votes() ? vote(context, features, previous ? *previous : given_, epoch) : cluster(context, features, epoch);
    if (!previous && !votes()) return now;
    const PseudoLabels& before = previous ? *previous : given_;
    Matched matched = match_to(before, now);
    context.scalar("nmi_previous", shoal::kernels::nmi(shoal::kernels::contingency(before.labels, now.labels)), epoch);
    context.scalar("churn", matched.churn, epoch);
    return std::move(matched.now);
  }

 private:
  PseudoLabels cluster(Context& context, shoal::ConstArray features, Index epoch) {
    SubContext own(context, "clusterer", epoch);
    const shoal::Clustering found = clusterer_->fit(own, {.features = features});
    PseudoLabels now = compact(found.labels.view().vector<std::int64_t>());
    require_two(now, epoch,
                "ask the clusterer for more clusters, or give the encoder batch norm, without which it may collapse");
    return now;
  }

  PseudoLabels vote(Context& context, shoal::ConstArray features, const PseudoLabels& before, Index epoch) const {
    const shoal::kernels::Neighbors neighbors = shoal::kernels::nearest_neighbors(context, features, neighbors_);
    std::vector<std::int64_t> labels = before.labels;
    for (Index round = 0; round < votes_; ++round) labels = shoal::kernels::majority_vote(neighbors, labels);
    PseudoLabels now = compact(labels);
    require_two(now, epoch, "all neighbours agree; fewer 'neighbors' or 'votes' may keep classes apart");
    return now;
  }

  Index neighbors_, votes_;
  std::unique_ptr<shoal::Clusterer> clusterer_;
  PseudoLabels given_;
};

void report_assignment(Context& context, const PseudoLabels& pseudo, shoal::ConstArray features,
                       const at::Tensor& labels, Index epoch) {
  context.scalar("active", static_cast<double>(pseudo.clusters()), epoch);
  context.scalar("smallest", static_cast<double>(pseudo.smallest()), epoch);
  context.scalar("largest_share", pseudo.largest_share(), epoch);
  context.scalar("explained_variance", explained_variance(features, pseudo), epoch);
  if (labels.defined()) {
    const auto truth = shoal::view(labels).vector<std::int64_t>();
    context.scalar("nmi_label", shoal::kernels::nmi(shoal::kernels::contingency(truth, pseudo.labels)), epoch);
  }
  if (pseudo.largest_share() > kTooLargeShare)
    context.log(Level::kWarning,
                "epoch {}: one cluster holds {} of the examples: ask for more clusters, or whiten what is clustered "
                "(transform/pca with whiten)",
                epoch, pseudo.largest_share());
}

/// Sets the head's class vectors to the clusters' means, so that its largest logit is that of the nearest mean:
/// −½‖x − c‖² is x·c − ½‖c‖² but for what all classes share.
void set_to_centroids(shoal::Head& head, shoal::ConstArray embedding, const PseudoLabels& pseudo) {
  const auto vectors = head.class_vectors();
  shoal::require(vectors.weight.defined() && vectors.bias.defined(),
                 "head_policy 'centroids' needs a head with one vector a class, like head/linear; this one has none");
  shoal::RowMatrix<double> means = centroids(embedding, pseudo);
  Eigen::VectorXd biases = -0.5 * means.rowwise().squaredNorm();
  const c10::NoGradGuard no_grad;
  vectors.weight.copy_(at::from_blob(means.data(), {means.rows(), means.cols()}, at::kDouble));
  vectors.bias.copy_(at::from_blob(biases.data(), {biases.size()}, at::kDouble));
}

/// The head of the moment, and its optimiser, which always begins with it.
struct Classifier {
  std::unique_ptr<shoal::Head> head;
  std::unique_ptr<shoal::Optimizer> optimizer;
  Index classes = 0;
};

/// The head for these clusters: a new one, unless clusters were matched to those before and are as many.
void renew(Classifier& classifier, Context& context, shoal::Inputs& inputs, const DeepClusterParams& params,
           shoal::ConstArray embedding, const PseudoLabels& pseudo, Index epoch) {
  const bool matched = params.head_policy == HeadPolicy::kMatched;
  if (matched && classifier.classes == pseudo.clusters()) return;
  if (matched && classifier.head)
    context.log(Level::kInfo, "epoch {}: {} clusters where there were {}, so the head is a new one", epoch,
                pseudo.clusters(), classifier.classes);
  classifier.classes = pseudo.clusters();
  classifier.head = inputs.head("head", embedding.cols(), classifier.classes, /*draw=*/epoch - 1);
  if (params.head_policy == HeadPolicy::kCentroids) set_to_centroids(*classifier.head, embedding, pseudo);
  classifier.optimizer = std::make_unique<shoal::Optimizer>(classifier.head->parameters(), params);
}

void warn_where_it_only_guesses(Context& context, double loss, const PseudoLabels& pseudo, Index epoch) {
  const double guessing = std::log(static_cast<double>(pseudo.clusters()));
  if (std::abs(loss - guessing) < kNearGuessing)
    context.log(
        Level::kWarning,
        "epoch {}: the loss, {}, is that of guessing among {} clusters, ln {} = {}: the encoder learns nothing; "
        "try batch norm in the encoder, a weaker augmentation or another learning_rate",
        epoch, loss, pseudo.clusters(), pseudo.clusters(), guessing);
}

}  // namespace

void DeepCluster::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const shoal::TransformChain transforms(inputs, "transforms");
  shoal::require(params_.head_policy != HeadPolicy::kCentroids || transforms.count() == 0,
                 "head_policy 'centroids' needs clusters in the space of the embedding, but what is clustered went "
                 "through {} transforms; leave them out, or take 'reset' or 'matched'",
                 transforms.count());
  const Examples data(context, *inputs.dataset("data"));
  const at::Device device = inputs.device();
  Assigner assigner(inputs, params_, data.count());
  const auto* augmentation = inputs.has("augmentation") ? &inputs.augmentation("augmentation") : nullptr;
  std::unique_ptr<shoal::Encoder> encoder = inputs.encoder("encoder", data.shape());
  shoal::Optimizer encoder_optimizer(encoder->parameters(), params_);

  std::optional<PseudoLabels> pseudo;
  Classifier classifier;
  Index steps_before = 0;
  // 1. Features: what the encoder makes of the clean images, in eval mode. 2. Clusters become the labels.
  const auto assign = [&](Index epoch) {
    at::Tensor embedding = shoal::embed(context, *encoder, data, device);
    const shoal::Array transformed = transforms.fit_apply(context, shoal::view(embedding), epoch);
    const shoal::ConstArray features = transformed ? transformed.view() : shoal::view(embedding);
    pseudo = assigner.assign(context, features, pseudo, epoch);
    report_assignment(context, *pseudo, features, data.labels(), epoch);
    return embedding;
  };
  for (Index epoch = 1; epoch <= params_.epochs; ++epoch) {
    if ((epoch - 1) % params_.reassign_every == 0) {
      const at::Tensor embedding = assign(epoch);
      // 3. A head for them.
      renew(classifier, context, inputs, params_, shoal::view(embedding), *pseudo, epoch);
    }

    // 4. An epoch of training on augmented images, drawn so that each cluster counts alike.
    const auto stream = static_cast<std::uint64_t>(epoch);
    const shoal::Random order = context.random("order").fork(stream);
    const std::vector<Index> rows =
        params_.sampler == Sampler::kUniform ? draw_uniform(*pseudo, order) : draw_natural(*pseudo, order);
    const Index steps = shoal::steps_per_epoch(static_cast<Index>(rows.size()), params_.batch_size);
    const shoal::Learner learner{data,         *encoder, *classifier.head, encoder_optimizer, *classifier.optimizer,
                                 augmentation, device,   params_.clip_norm};
    const Index steps_in_all = steps_before + (params_.epochs - epoch + 1) * steps;
    const shoal::EpochResult result = shoal::train_epoch(
        context, learner,
        {.number = epoch,
         .rows = rows,
         .labels = shoal::borrowed_tensor(shoal::ConstArray(pseudo->labels)),
         .batch_size = params_.batch_size,
         .steps_before = steps_before,
         .steps_in_all = steps_in_all,
         .views = context.random("views").fork(stream),
         .loss_series = "step_loss",
         .learning_rate = [&](Index step) {
           return params_.learning_rate * shoal::schedule_factor(params_.schedule, step, steps_in_all);
         }});
    steps_before += steps;
    context.scalar("loss", result.loss, epoch);
    warn_where_it_only_guesses(context, result.loss, *pseudo, epoch);
  }

  if (assigner.votes()) assign(params_.epochs + 1);

  outputs.encoder("encoder", std::move(encoder));
  outputs.head("head", std::move(classifier.head));
  outputs.array("labels", context.copy(pseudo->labels));
  outputs.number("clusters", static_cast<double>(pseudo->clusters()));
}
