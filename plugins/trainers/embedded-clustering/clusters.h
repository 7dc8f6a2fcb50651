// clusters.h: what embeddings are drawn to, and how that follows them.
#ifndef SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_CLUSTERS_H_
#define SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_CLUSTERS_H_

#include <vector>

#include "shoal/matrix.h"
#include "shoal/torch/checkpoint.h"
#include "shoal/torch/tensor.h"

/// K clusters in the space of an embedding.
class Clusters {
 public:
  virtual ~Clusters() = default;
  /// Looks at the embeddings (N, E) of all examples, on the CPU: before the first step, and again from time to time.
  virtual void look(const at::Tensor& embedding) = 0;
  /// The clustering loss, a scalar, of the embeddings (B, E) of the examples numbered `rows` (B).
  virtual at::Tensor loss(const shoal::Context& context, const at::Tensor& embedding, const at::Tensor& rows) = 0;
  /// (K, E), on the CPU.
  virtual at::Tensor centroids() const = 0;
  /// What is trained with the encoder.
  virtual shoal::NamedTensors parameters() const { return {}; }
  /// For a checkpoint that is followed by a look: the centroids, and what else steps have left. Load is for clusters
  /// that were made of as many centroids. Throws InputError for another state.
  virtual void save(shoal::StateWriter& state) const = 0;
  virtual void load(const shoal::StateReader& state) = 0;
};

/// Every example is in all clusters, by a q as soft_assignment.h has it, and q is drawn to a p that is surer. p is
/// computed of all examples when it looks, and then stays as it is. Centroids are trained. DEC, IDEC.
class SoftClusters final : public Clusters {
 public:
  /// `centroids` (K, E) float32, on the device of the embeddings.
  SoftClusters(const at::Tensor& centroids, double alpha);
  void look(const at::Tensor& embedding) override;
  at::Tensor loss(const shoal::Context& context, const at::Tensor& embedding, const at::Tensor& rows) override;
  at::Tensor centroids() const override { return centroids_.detach().cpu(); }
  shoal::NamedTensors parameters() const override { return {{"centroids", centroids_}}; }
  void save(shoal::StateWriter& state) const override { shoal::save_tensor(state, "centroids", centroids_); }
  void load(const shoal::StateReader& state) override { shoal::load_tensor(state, "centroids", centroids_); }

 private:
  at::Tensor centroids_;
  double alpha_;
  at::Tensor target_;  // p (N, K), on the CPU
};

/// Every example is in the cluster of its nearest centroid and is drawn to that: ½‖z − c‖², divided by `numbers`. Each
/// example of a batch in turn first moves its centroid, c ← c + (z − c)/n, n being how many c has had, this one
/// included, and 100 more: so many the authors' code begins with. DCN.
/// Source: Yang, Fu, Sidiropoulos, Hong, "Towards K-means-friendly spaces", ICML 2017, equation 8.
class HardClusters final : public Clusters {
 public:
  /// `centroids` (K, E). `numbers`: in an example, so that the loss compares with a mean over them.
  HardClusters(shoal::RowMatrix<double> centroids, shoal::Index numbers);
  void look(const at::Tensor&) override {}
  at::Tensor loss(const shoal::Context& context, const at::Tensor& embedding, const at::Tensor& rows) override;
  at::Tensor centroids() const override;
  void save(shoal::StateWriter& state) const override;
  void load(const shoal::StateReader& state) override;

 private:
  shoal::RowMatrix<double> centroids_;
  std::vector<double> counts_;  // (K)
  double numbers_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_EMBEDDED_CLUSTERING_CLUSTERS_H_
