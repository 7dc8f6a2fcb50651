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

using shoal::ConstArray;
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

std::unique_ptr<Clusters> make_clusters(const EmbeddedClusteringParams& params, shoal::RowMatrix<double> centroids,
                                        at::Device device, const Examples& data) {
  if (params.clustering == Method::kDcn) {
    Index numbers = 1;
    for (const Index size : data.shape()) numbers *= size;
    return std::make_unique<HardClusters>(std::move(centroids), numbers);
  }
  const at::Tensor start = shoal::borrowed_tensor(shoal::ConstArray(centroids)).to(device, at::kFloat);
  return std::make_unique<SoftClusters>(start, params.alpha.value_or(1));
}

/// What the clusterer finds in the embedding, to begin with: (K, E).
shoal::RowMatrix<double> first_centroids(Context& context, shoal::Inputs& inputs, const at::Tensor& embedding) {
  shoal::SubContext own(context, "clusterer");
  const shoal::Clustering found = inputs.clusterer("clusterer")->fit(own, {.features = shoal::view(embedding)});
  shoal::require(found.centroids.has_value(),
                 "training begins from centroids, but what is wired to 'clusterer' has none; clusterer/kmeans has");
  shoal::require(found.clusters >= 2, "at least 2 clusters are needed, but the clusterer found {}", found.clusters);
  return shoal::to_float64(*found.centroids);
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

  void save(shoal::StateWriter& state) const { state.put("labels", ConstArray(labels_)); }
  void load(const shoal::StateReader& state) {
    labels_ = shoal::load_vector<std::int64_t>(state, "labels");
    const std::vector<Index> before = sizes();
    empty_ = std::count(before.begin(), before.end(), 0);
  }

 private:
  std::vector<Index> sizes() const {
    std::vector<Index> out(static_cast<std::size_t>(clusters_), 0);
    for (const std::int64_t label : labels_) ++out[static_cast<std::size_t>(label)];
    return out;
  }
  void report(Index step) {
    const std::vector<Index> sizes = this->sizes();
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

/// All that the loop holds.
class Loop {
 public:
  Loop(Context& context, shoal::Inputs& inputs, const EmbeddedClusteringParams& params, const shoal::Compute& compute)
      : context_(context),
        inputs_(inputs),
        params_(params),
        compute_(compute),
        reconstructs_(params.clustering != Method::kDec),
        data_(context, *inputs.dataset("data")),
        test_(find_test(context, inputs, data_)),
        augmentation_(inputs.has("augmentation") ? &inputs.augmentation("augmentation") : nullptr),
        batches_(context, data_, augmentation_, params.batch_size) {
    if (reconstructs_) shoal::require_reconstructible(params, data_, augmentation_ != nullptr);
    encoder_ = inputs.encoder("encoder", data_.shape());
    decoder_ = &shoal::decoder_of(*encoder_);
    encoder_optimizer_.emplace(encoder_->parameters(), params);
  }

  /// From what the clusterer finds.
  void begin() {
    embedding_ = shoal::embed(context_, *encoder_, data_, compute_);
    take(make_clusters(params_, first_centroids(context_, inputs_, embedding_), inputs_.device(), data_), 0);
  }

  /// What the steps to come depend on, between a step and the look after it, which makes target and embedding anew.
  /// Order and views follow from the number of the step.
  void save(shoal::StateWriter& state) const {
    shoal::save_tensors(state, "encoder", encoder_->state());
    encoder_optimizer_->save(state, "encoder optimizer");
    clusters_->save(state);
    centroid_optimizer_->save(state, "centroid optimizer");
    watch_->save(state);
    shoal::save_number(state, "steps", step_);
  }
  void load(const shoal::StateReader& state) {
    shoal::load_tensors(state, "encoder", encoder_->state());
    encoder_optimizer_->load(state, "encoder optimizer");
    take(make_clusters(params_, shoal::to_float64(state.get("centroids")), inputs_.device(), data_),
         shoal::load_number<std::int64_t>(state, "steps"));
    clusters_->load(state);
    centroid_optimizer_->load(state, "centroid optimizer");
    watch_->load(state);
    batches_.skip(step_);
  }

  /// Labels all examples. Returns whether training is over; if not, the clusters have looked at them too.
  bool look() {
    if (step_ > 0) embedding_ = shoal::embed(context_, *encoder_, data_, compute_);
    const double churn = watch_->look(nearest(context_, embedding_, clusters_->centroids()), step_);
    if (ends(churn)) return true;
    clusters_->look(embedding_);
    return false;
  }

  /// Steps until the next look.
  void train() {
    double rows = 0;
    do {
      context_.progress(step_, params_.max_steps, "steps");
      rows += step();
      ++step_;
    } while (!whole_interval() && step_ < params_.max_steps);
    context_.scalar("loss", numbers_->take_sums()[0] / rows, step_);
  }
  Index steps_done() const { return step_; }

  void give(shoal::Outputs& outputs) {
    const at::Tensor centroids = clusters_->centroids();
    if (test_)
      outputs.array("predicted",
                    context_.copy(nearest(context_, shoal::embed(context_, *encoder_, *test_, compute_), centroids)));
    outputs.encoder("encoder", std::move(encoder_));
    outputs.array("labels", context_.copy(watch_->labels()));
    outputs.array("centroids", context_.copy(shoal::view(centroids)));
    outputs.number("steps", static_cast<double>(step_));
  }

 private:
  void take(std::unique_ptr<Clusters> clusters, Index steps_done) {
    clusters_ = std::move(clusters);
    step_ = steps_done;
    shoal::OptimizerOptions without_decay = params_;  // which would pull centroids towards 0
    without_decay.weight_decay = 0;
    centroid_optimizer_.emplace(clusters_->parameters(), without_decay);
    watch_.emplace(context_, data_, clusters_->centroids().size(0));
    numbers_.emplace(context_,
                     reconstructs_ ? std::vector<std::string>{"step_loss", "clustering_loss", "reconstruction_loss"}
                                   : std::vector<std::string>{"step_loss"},
                     step_);
  }

  bool whole_interval() const { return step_ % params_.update_interval == 0; }

  /// Whether training is over after a look that found this churn; then the log says why.
  bool ends(double churn) const {
    if (churn < params_.tolerance && whole_interval()) {  // a last look may come too soon
      context_.log(Level::kInfo, "training ends after {} steps: {} of the labels changed since the last look", step_,
                   churn);
      return true;
    }
    if (step_ < params_.max_steps) return false;
    if (params_.tolerance > 0)
      context_.log(Level::kWarning,
                   "training ends at 'max_steps', {}: {} of the labels changed since the last look, and fewer than "
                   "{} ('tolerance') would have ended it before",
                   step_, churn, params_.tolerance);
    return true;
  }

  /// Returns how many examples it was of.
  double step() {
    const shoal::Batches::Batch batch = batches_.next();
    encoder_->train(true);
    encoder_optimizer_->zero_grad();
    centroid_optimizer_->zero_grad();
    const at::Tensor embedded = compute_([&] { return encoder_->forward(batch.seen.to(compute_.device())); });
    const at::Tensor clustering = clusters_->loss(context_, embedded, batch.rows);
    at::Tensor loss = clustering, reconstruction;
    if (reconstructs_) {
      reconstruction = shoal::reconstruction_loss(*decoder_, embedded, batch, params_, compute_);
      loss = reconstruction + params_.gamma.value_or(0.1) * clustering;
    }
    loss.backward();
    if (params_.clip_norm > 0) shoal::clip_gradients(parameters(), params_.clip_norm);
    encoder_optimizer_->step();
    centroid_optimizer_->step();
    encoder_->train(false);

    const auto size = static_cast<double>(embedded.size(0));
    if (reconstructs_)
      numbers_->add({{loss, size}, {clustering, size}, {reconstruction, size}}, batch.epoch, params_.learning_rate);
    else numbers_->add({{loss, size}}, batch.epoch, params_.learning_rate);
    return size;
  }
  shoal::NamedTensors parameters() const {
    shoal::NamedTensors out = encoder_->parameters();
    for (const auto& centroids : clusters_->parameters()) out.push_back(centroids);
    return out;
  }

  Context& context_;
  shoal::Inputs& inputs_;
  const EmbeddedClusteringParams& params_;
  const shoal::Compute compute_;
  const bool reconstructs_;
  const Examples data_;
  const std::optional<Examples> test_;
  const shoal::Augmentation* augmentation_;
  shoal::Batches batches_;
  std::unique_ptr<shoal::Encoder> encoder_;
  shoal::Decoder* decoder_ = nullptr;  // the encoder's
  std::optional<shoal::Optimizer> encoder_optimizer_, centroid_optimizer_;
  std::unique_ptr<Clusters> clusters_;
  std::optional<Watch> watch_;
  std::optional<shoal::StepNumbers> numbers_;
  at::Tensor embedding_;  // (N, E) of the last look
  Index step_ = 0;        // steps done
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
  Loop loop(context, inputs, params_, shoal::choose_compute(context, inputs.device(), params_, outputs));
  const shoal::Checkpoint checkpoint(context, "step");
  if (checkpoint.restore([&](const shoal::StateReader& state) { loop.load(state); }) == 0) loop.begin();
  while (!loop.look()) {
    loop.train();
    checkpoint.offer(loop.steps_done(), [&](shoal::StateWriter& state) { loop.save(state); });
  }
  loop.give(outputs);
}
