// iic.h: clusters that say of each view as much as they can about the other.
#ifndef SHOAL_PLUGINS_OBJECTIVES_IIC_IIC_H_
#define SHOAL_PLUGINS_OBJECTIVES_IIC_IIC_H_

#include "shoal/schema.h"
#include "shoal/torch/objective.h"

/// How often two views of an example are in clusters i and j, (K, K): the mean of p·qᵀ over the rows of the
/// probabilities p and q (B, K), made symmetric. Sums to 1.
at::Tensor joint_distribution(const at::Tensor& p, const at::Tensor& q);

/// Mutual information in nats of a symmetric joint distribution P (K, K), with the entropies of its margins weighted:
/// Σ P (ln P − w ln P_i − w ln P_j). w = 1 is mutual information; above, even clusters count for more. Numbers below
/// float64's epsilon, 2.2e-16, count as that, and pass no gradient: ln 0 does not come up.
at::Tensor mutual_information(const at::Tensor& joint, double entropy_weight);

struct IicParams {
  double entropy_weight = 1;
  static void describe(shoal::Schema<IicParams>& schema);
};

/// Invariant information clustering. Outputs are logits of K clusters; the loss is −mutual_information of two views'
/// clusters, at best −ln K; of more views, the mean over all pairs. Batches must be large against K, or the joint
/// distribution of a batch says little.
///
/// Source: Ji, Henriques, Vedaldi, "Invariant information clustering for unsupervised image classification and
/// segmentation", ICCV 2019.
class Iic final : public shoal::Objective {
 public:
  explicit Iic(const IicParams& params) : params_(params) {}

  Loss loss(const std::vector<at::Tensor>& views) override;
  std::optional<Collapse> collapse(shoal::Index views, shoal::Index rows) const override;

 private:
  IicParams params_;
};

#endif  // SHOAL_PLUGINS_OBJECTIVES_IIC_IIC_H_
