// vicreg.h: views that are alike, in outputs that vary and tell different things.
#ifndef SHOAL_PLUGINS_OBJECTIVES_VICREG_VICREG_H_
#define SHOAL_PLUGINS_OBJECTIVES_VICREG_VICREG_H_

#include "shoal/schema.h"
#include "shoal/torch/objective.h"

/// The mean over the columns of outputs (B, D) of what their standard deviation, √(variance + 1e-4), lacks to 1.
at::Tensor variance_term(const at::Tensor& outputs);

/// The sum of the squared covariances of all pairs of different columns of outputs (B, D), divided by D.
at::Tensor covariance_term(const at::Tensor& outputs);

struct VicregParams {
  double invariance_weight = 25;
  double variance_weight = 25;
  double covariance_weight = 1;
  static void describe(shoal::Schema<VicregParams>& schema);
};

/// VICReg: of two views, the weighted sum of invariance, the mean squared difference; variance, the mean of both views'
/// variance_term; and covariance, the sum of both views' covariance_term. Of more views, the mean over all pairs.
/// Variances and covariances are over the batch, divided by B − 1; so B ≥ 2.
///
/// Source: Bardes, Ponce, LeCun, "VICReg: variance-invariance-covariance regularization for self-supervised learning",
/// ICLR 2022. The paper adds both variance terms, the authors' code takes their mean: so do we.
class Vicreg final : public shoal::Objective {
 public:
  explicit Vicreg(const VicregParams& params) : params_(params) {}

  Loss loss(const std::vector<at::Tensor>& views) override;
  std::optional<Collapse> collapse(shoal::Index views, shoal::Index rows) const override;

 private:
  VicregParams params_;
};

#endif  // SHOAL_PLUGINS_OBJECTIVES_VICREG_VICREG_H_
