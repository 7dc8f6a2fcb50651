// barlow_twins.h: each output says of both views the same, and what no other output says.
#ifndef SHOAL_PLUGINS_OBJECTIVES_BARLOW_TWINS_BARLOW_TWINS_H_
#define SHOAL_PLUGINS_OBJECTIVES_BARLOW_TWINS_BARLOW_TWINS_H_

#include "shoal/schema.h"
#include "shoal/torch/objective.h"

/// Correlations (D, D) between the columns of `a` (B, D) and those of `b`, over the batch. As batch norm has it, means
/// and variances are of N and 1e-5 is added to a variance: a column without variance correlates with nothing.
at::Tensor cross_correlation(const at::Tensor& a, const at::Tensor& b);

struct BarlowTwinsParams {
  double redundancy_weight = 0.005;
  static void describe(shoal::Schema<BarlowTwinsParams>& schema);
};

/// Barlow Twins: Σ_i (1 − C_ii)² + redundancy_weight · Σ_{i≠j} C_ij², C the correlations between two views' outputs; of
/// more views, the mean over all pairs. B ≥ 2.
///
/// Source: Zbontar, Jing, Misra, LeCun, Deny, "Barlow Twins: self-supervised learning via redundancy reduction", ICML
/// 2021.
class BarlowTwins final : public shoal::Objective {
 public:
  explicit BarlowTwins(const BarlowTwinsParams& params) : params_(params) {}

  void build(shoal::Context&, shoal::Index outputs) override { outputs_ = outputs; }
  Loss loss(const std::vector<at::Tensor>& views) override;
  std::optional<Collapse> collapse(shoal::Index views, shoal::Index rows) const override;

 private:
  BarlowTwinsParams params_;
  shoal::Index outputs_ = 0;
};

#endif  // SHOAL_PLUGINS_OBJECTIVES_BARLOW_TWINS_BARLOW_TWINS_H_
