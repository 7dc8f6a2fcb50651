// shoal/torch/cluster_report.h: what can be said, epoch by epoch, of the clusters that a head sees. Who includes it
// links Shoal::kernels too.
#ifndef SHOAL_TORCH_CLUSTER_REPORT_H_
#define SHOAL_TORCH_CLUSTER_REPORT_H_

#include <algorithm>
#include <optional>
#include <vector>

#include "shoal/kernels/agreement.h"
#include "shoal/torch/examples.h"

namespace [[gnu::visibility("hidden")]] shoal {

struct ClusterReport {
  Index clusters = 0;    ///< K
  Index active = 0;      ///< clusters that have examples
  double confident = 0;  ///< share of the examples whose largest probability is above the threshold
};

/// Reports of N examples in K clusters, under `epoch`,
///
///     active          clusters that have examples
///     largest_share   share of the examples in the largest one
///     confident       share of the examples whose largest probability is above `threshold`
///     churn           share of the labels that are not those of `before`; only where that is given
///     nmi_label       NMI with the true labels `truth` (N); only where they are defined
///
/// Labels go into that series and nowhere else.
inline ClusterReport report_clusters(Context& context, const Predictions& now, const std::optional<Predictions>& before,
                                     const at::Tensor& truth, double threshold, Index epoch) {
  const auto labels = view(now.labels).vector<std::int64_t>();
  const auto count = static_cast<double>(labels.size());
  ClusterReport out{.clusters = now.probabilities.size(1)};
  std::vector<Index> sizes(static_cast<std::size_t>(out.clusters), 0);
  for (const std::int64_t label : labels) ++sizes[static_cast<std::size_t>(label)];
  out.active = out.clusters - std::count(sizes.begin(), sizes.end(), 0);
  out.confident = static_cast<double>(now.probabilities.amax(1).gt(threshold).sum().item<std::int64_t>()) / count;
  context.scalar("active", static_cast<double>(out.active), epoch);
  context.scalar("largest_share", static_cast<double>(*std::max_element(sizes.begin(), sizes.end())) / count, epoch);
  context.scalar("confident", out.confident, epoch);
  if (before)
    context.scalar("churn", static_cast<double>(now.labels.ne(before->labels).sum().item<std::int64_t>()) / count,
                   epoch);
  if (truth.defined())
    context.scalar("nmi_label", kernels::nmi(kernels::contingency(view(truth).vector<std::int64_t>(), labels)), epoch);
  return out;
}

}  // namespace shoal

#endif  // SHOAL_TORCH_CLUSTER_REPORT_H_
