// simclr.h: an example's views must be nearer to each other than to other examples.
#ifndef SHOAL_PLUGINS_OBJECTIVES_SIMCLR_SIMCLR_H_
#define SHOAL_PLUGINS_OBJECTIVES_SIMCLR_SIMCLR_H_

#include "shoal/schema.h"
#include "shoal/torch/objective.h"

/// NT-Xent, the normalised, temperature-scaled cross entropy of SimCLR: for each output and each other view of its
/// example, −ln of exp(cos / temperature) of the two over the sum of the same with all other outputs of the batch,
/// itself left out. Mean over all of these.
/// With more than two views the other views of an example are in the sum too, as in SupCon's L_out.
///
/// Source: Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual representations",
/// ICML 2020; for more views, Khosla et al., "Supervised contrastive learning", NeurIPS 2020.
shoal::Objective::Loss nt_xent(const std::vector<at::Tensor>& views, double temperature);

struct SimclrParams {
  double temperature = 0.5;
  static void describe(shoal::Schema<SimclrParams>& schema);
};

class Simclr final : public shoal::Objective {
 public:
  explicit Simclr(const SimclrParams& params) : params_(params) {}

  Loss loss(const std::vector<at::Tensor>& views) override { return nt_xent(views, params_.temperature); }
  std::optional<Collapse> collapse(shoal::Index views, shoal::Index rows) const override;

 private:
  SimclrParams params_;
};

#endif  // SHOAL_PLUGINS_OBJECTIVES_SIMCLR_SIMCLR_H_
