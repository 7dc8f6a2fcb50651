#include "embedded_clustering.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "clusters.h"
#include "shoal/kernels/agreement.h"
#include "shoal/kernels/nearest.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::Level;

std::vector<std::int64_t> nearest(const Context& context, const at::Tensor& embedding, const at::Tensor& centroids) {
  shoal::require_features(shoal::view(embedding));
  std::vector<std::int64_t> labels(static_cast<std::size_t>(embedding.size(0)));
  shoal::kernels::nearest(context, shoal::view(embedding), shoal::view(centroids), shoal::MutableArray(labels));
  return labels;
}

/// The test examples, held to the shape of the data.
std::optional<Examples> find_test(Context& context, shoal::Inputs& inputs, const Examples& data) {
  if (!inputs.has("test")) return std::nullopt;
  Examples test(context, *inputs.dataset("test"));
  shoal::require(test.shape() == data.shape(), "'test' holds examples of shape {}, but 'data' of {}",
                 shoal::to_string(test.shape()), shoal::to_string(data.shape()));
  return test;
}

/// What the clusterer finds in the embedding, to begin with.
std::unique_ptr<Clusters> first_clusters(Context& context, shoal::Inputs& inputs,
                                         const EmbeddedClusteringParams& params, const at::Tensor& embedding,
                                         const Examples& data) {
  shoal::SubContext own(context, "clusterer");
  const shoal::Clustering found = inputs.clusterer("clusterer")->fit(own, {.features = shoal::view(embedding)});
  shoal::require(found.centroids.has_value(),
                 "training begins from centroids, but what is wired to 'clusterer' has none; clusterer/kmeans has");
  shoal::require(found.clusters >= 2, "at least 2 clusters are needed, but the clusterer found {}", found.clusters);
  shoal::RowMatrix<double> centroids = shoal::to_float64(*found.centroids);
  if (params.clustering == Method::kDcn) {
    Index numbers = 1;
    for (const Index size : data.shape()) numbers *= size;
    return std::make_unique<HardClusters>(std::move(centroids), numbers);
  }
  const at::Tensor start = shoal::borrowed_tensor(shoal::ConstArray(centroids)).to(inputs.device(), at::kFloat);
  return std::make_unique<SoftClusters>(start, params.alpha.value_or(1));
}

/// The labels of all examples from one look to the next, and what can be said of them.
class Watch {
 public:
  Watch(Context& context, const Examples& data, Index clusters) : context_(context), data_(data), clusters_(clusters) {}

  /// Returns the share of labels that changed since the last look; 1 at the first.
  double look(std::vector<std::int64_t> labels, Index step) {
    double churn = 1;
    if (!labels_.empty()) {
      Index changed = 0;
      for (std::size_t i = 0; i < labels.size(); ++i) changed += labels[i] != labels_[i] ? 1 : 0;
      churn = static_cast<double>(changed) / static_cast<double>(labels.size());
      context_.scalar("churn", churn, step);
      context_.scalar("nmi_previous", shoal::kernels::nmi(shoal::kernels::contingency(labels_, labels)), step);
    }
    labels_ = std::move(labels);
    report(step);
    return churn;
  }
  const std::vector<std::int64_t>& labels() const { return labels_; }

 private:
  void report(Index step) {
    std::vector<Index> sizes(static_cast<std::size_t>(clusters_), 0);
    for (const std::int64_t label : labels_) ++sizes[static_cast<std::size_t>(label)];
    const auto [smallest, largest] = std::minmax_element(sizes.begin(), sizes.end());
    context_.scalar("smallest", static_cast<double>(*smallest), step);
    context_.scalar("largest_share", static_cast<double>(*largest) / static_cast<double>(data_.count()), step);
    if (data_.labels().defined()) {
      const auto truth = shoal::view(data_.labels()).vector<std::int64_t>();
      context_.scalar("nmi_label", shoal::kernels::nmi(shoal::kernels::contingency(truth, labels_)), step);
    }
    const auto empty = std::count(sizes.begin(), sizes.end(), 0);
    if (empty > 0 && empty != empty_)
      context_.log(Level::kWarning, "after step {}: {} of {} clusters have no examples", step, empty, clusters_);
    empty_ = empty;
  }

  Context& context_;
  const Examples& data_;
  Index clusters_;
  std::vector<std::int64_t> labels_;
  std::ptrdiff_t empty_ = 0;
};

}  // namespace

void EmbeddedClusteringParams::check() const {
  TrainingOptions::check();
  const bool dec = clustering == Method::kDec;
  shoal::require(!dec || !gamma, "'gamma' weighs the clustering beside the reconstruction, which method 'dec' has not");
  shoal::require(!dec || (loss == shoal::ReconstructionLoss::kMse && target == shoal::ReconstructionTarget::kClean),
                 "'loss' and 'target' are of the reconstruction, which method 'dec' has not");
  shoal::require(!alpha || clustering != Method::kDcn, "'alpha' is of dec's and idec's Student's t; 'dcn' has none");
}

void EmbeddedClustering::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const bool reconstructs = params_.clustering != Method::kDec;
  const Examples data(context, *inputs.dataset("data"));
  const std::optional<Examples> test = find_test(context, inputs, data);
  const auto* augmentation = inputs.has("augmentation") ? &inputs.augmentation("augmentation") : nullptr;
  if (reconstructs) shoal::require_reconstructible(params_, data, augmentation != nullptr);
  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  std::unique_ptr<shoal::Encoder> encoder = inputs.encoder("encoder", data.shape());
  shoal::Decoder& decoder = shoal::decoder_of(*encoder);

  at::Tensor embedding = shoal::embed(context, *encoder, data, compute);
  const std::unique_ptr<Clusters> clusters = first_clusters(context, inputs, params_, embedding, data);
  shoal::OptimizerOptions without_decay = params_;  // which would pull centroids towards 0
  without_decay.weight_decay = 0;
  shoal::Optimizer encoder_optimizer(encoder->parameters(), params_);
  shoal::Optimizer centroid_optimizer(clusters->parameters(), without_decay);
  shoal::NamedTensors parameters = encoder->parameters();
  for (const auto& centroids : clusters->parameters()) parameters.push_back(centroids);

  shoal::Batches batches(context, data, augmentation, params_.batch_size);
  Watch watch(context, data, clusters->centroids().size(0));
  shoal::StepNumbers numbers(
      context, reconstructs ? std::vector<std::string>{"step_loss", "clustering_loss", "reconstruction_loss"}
                            : std::vector<std::string>{"step_loss"});
  double rows = 0;  // trained on since the last look
  Index step = 0;
  for (;; ++step) {
    const bool last = step == params_.max_steps;
    if (last || step % params_.update_interval == 0) {
      if (step > 0) {
        embedding = shoal::embed(context, *encoder, data, compute);
        context.scalar("loss", numbers.take_sums()[0] / std::exchange(rows, 0), step);
      }
      const double churn = watch.look(nearest(context, embedding, clusters->centroids()), step);
      if (churn < params_.tolerance && step % params_.update_interval == 0) {  // a last look may come too soon
        context.log(Level::kInfo, "training ends after {} steps: {} of the labels changed since the last look", step,
                    churn);
        break;
      }
      if (last) {
        if (params_.tolerance > 0)
          context.log(Level::kWarning,
                      "training ends at 'max_steps', {}: {} of the labels changed since the last look, and fewer than "
                      "{} ('tolerance') would have ended it before",
                      step, churn, params_.tolerance);
        break;
      }
      clusters->look(embedding);
    }

    context.progress(step, params_.max_steps, "steps");
    const shoal::Batches::Batch batch = batches.next();
    encoder->train(true);
    encoder_optimizer.zero_grad();
    centroid_optimizer.zero_grad();
    const at::Tensor embedded = compute([&] { return encoder->forward(batch.seen.to(compute.device())); });
    const at::Tensor clustering = clusters->loss(context, embedded, batch.rows);
    at::Tensor loss = clustering, reconstruction;
    if (reconstructs) {
      reconstruction = shoal::reconstruction_loss(decoder, embedded, batch, params_, compute);
      loss = reconstruction + params_.gamma.value_or(0.1) * clustering;
    }
    loss.backward();
    if (params_.clip_norm > 0) shoal::clip_gradients(parameters, params_.clip_norm);
    encoder_optimizer.step();
    centroid_optimizer.step();
    encoder->train(false);

    const auto size = static_cast<double>(embedded.size(0));
    rows += size;
    if (reconstructs)
      numbers.add({{loss, size}, {clustering, size}, {reconstruction, size}}, batch.epoch, params_.learning_rate);
    else numbers.add({{loss, size}}, batch.epoch, params_.learning_rate);
  }

  const at::Tensor centroids = clusters->centroids();
  if (test)
    outputs.array("predicted",
                  context.copy(nearest(context, shoal::embed(context, *encoder, *test, compute), centroids)));
  outputs.encoder("encoder", std::move(encoder));
  outputs.array("labels", context.copy(watch.labels()));
  outputs.array("centroids", context.copy(shoal::view(centroids)));
  outputs.number("steps", static_cast<double>(step));
}
