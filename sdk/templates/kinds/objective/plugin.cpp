// objective/@name@: views of an example lie together, and examples lie everywhere.
#include "shoal/plugin.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/pdist.h>

#include "shoal/torch/objective.h"

namespace {

struct Params {
  double uniformity = 1;
  double temperature = 2;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("uniformity", &Params::uniformity, "weight of uniformity against alignment").min(0);
    schema.field("temperature", &Params::temperature, "t of exp(−t·‖a − b‖²): the higher, the more near examples count")
        .above(0);
  }
};

at::Tensor unit_length(const at::Tensor& rows) {
  return rows / rows.norm(2, /*dim=*/1, /*keepdim=*/true).clamp_min(1e-12);
}

/// Alignment, the mean squared distance of an example's views, plus uniformity, the logarithm of the mean of
/// exp(−t·‖a − b‖²) over pairs of examples; both of rows of length 1.
/// Source: T. Wang and P. Isola, "Understanding Contrastive Representation Learning through Alignment and Uniformity on
/// the Hypersphere", ICML 2020, α = 2.
class @class@ final : public shoal::Objective {
 public:
  explicit @class@(const Params& params) : params_(params) {}

  Loss loss(const std::vector<at::Tensor>& views) override {
    shoal::require_views(views, /*min_rows=*/2);
    std::vector<at::Tensor> unit;
    for (const at::Tensor& view : views) unit.push_back(unit_length(view));
    const at::Tensor alignment = shoal::mean_over_pairs(
        unit, [](const at::Tensor& a, const at::Tensor& b) { return (a - b).square().sum(1).mean(); });
    at::Tensor uniformity;
    for (const at::Tensor& view : unit) {
      const at::Tensor one = at::pdist(view).square().mul(-params_.temperature).exp().mean().log();
      uniformity = uniformity.defined() ? uniformity + one : one;
    }
    uniformity = uniformity / static_cast<double>(unit.size());
    return {.value = alignment + uniformity * params_.uniformity,
            .diagnostics = {{"alignment", alignment.detach()}, {"uniformity", uniformity.detach()}}};
  }

  std::optional<Collapse> collapse(shoal::Index, shoal::Index) const override {
    return Collapse{0, "try a higher 'uniformity' of the objective or batch norm in the encoder"};
  }

 private:
  Params params_;
};

}  // namespace

SHOAL_PLUGIN("@name@", "0.1.0", "views of an example lie together, and examples lie everywhere") {
  plugin.add<@class@, Params>("objective/@name@");
}
