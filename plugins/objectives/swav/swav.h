// swav.h: views that must predict each other's balanced assignment to prototypes.
#ifndef SHOAL_PLUGINS_OBJECTIVES_SWAV_SWAV_H_
#define SHOAL_PLUGINS_OBJECTIVES_SWAV_SWAV_H_

#include "shoal/schema.h"
#include "shoal/torch/objective.h"

/// Soft assignments (B, K) of scores (B, K): the matrix nearest exp(scores / epsilon), in the sense of entropy, whose
/// rows sum to 1 and whose columns all sum to B/K. `iterations` times, Sinkhorn and Knopp's way, columns are set right,
/// then rows; so rows are exact, columns nearly. In logarithms: no epsilon overflows. Without gradients.
at::Tensor balanced_assignments(const at::Tensor& scores, double epsilon, shoal::Index iterations);

/// −Σ_k q_k ln softmax(scores / temperature)_k, mean over examples and over all ordered pairs of different views: q is
/// one's assignment, the scores (B, K) are the other's.
at::Tensor swapped_prediction(const std::vector<at::Tensor>& scores, const std::vector<at::Tensor>& assignments,
                              double temperature);

struct SwavParams {
  std::int64_t prototypes = 100;
  double temperature = 0.1;
  double epsilon = 0.05;
  std::int64_t sinkhorn_iterations = 3;
  std::int64_t freeze_epochs = 1;
  std::int64_t queue = 0;
  std::optional<std::int64_t> queue_start = {};  // 1

  static void describe(shoal::Schema<SwavParams>& schema);
  void check() const;
};

/// SwAV. Scores are cosines between outputs and K prototypes of unit length, parameters that begin evenly on the
/// sphere. Their gradients are kept back for the first epochs. A queue of outputs of earlier steps, all of the first
/// view, can take part in the assignment where a batch is smaller than K.
///
/// Source: Caron, Misra, Mairal, Goyal, Bojanowski, Joulin, "Unsupervised learning of visual features by contrasting
/// cluster assignments", NeurIPS 2020. There, each view has a queue of its own; views being drawn alike, one will do.
class Swav final : public shoal::Objective {
 public:
  explicit Swav(const SwavParams& params) : params_(params) {}

  void build(shoal::Context& context, shoal::Index outputs) override;
  Loss loss(const std::vector<at::Tensor>& views) override;
  void begin_epoch(shoal::Index epoch) override;
  void after_step() override;
  std::optional<Collapse> collapse(shoal::Index views, shoal::Index rows) const override;

 private:
  at::Tensor assign(const at::Tensor& scores) const;
  void remember(const at::Tensor& unit);

  SwavParams params_;
  at::Tensor prototypes_;    // (K, D), unit rows
  at::Tensor queue_;         // (queue, D), newest first. Undefined without a queue, as what counts its rows
  at::Tensor queue_filled_;  // (1) int64: how many rows of it are outputs, from the first on; the others are zeros
  shoal::Index filled_ = 0;  // the same on the host: to ask a GPU is to wait for it
  bool frozen_ = false, queued_ = false;
};

#endif  // SHOAL_PLUGINS_OBJECTIVES_SWAV_SWAV_H_
