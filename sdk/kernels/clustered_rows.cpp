#include "shoal/kernels/clustered_rows.h"

#include <algorithm>

namespace shoal::kernels {

ClusteredRows clustered_rows(std::span<const std::int64_t> labels, Index examples) {
  const auto n = static_cast<Index>(labels.size());
  require(n == examples, "'features' are of {} examples, but 'labels' of {}", examples, n);
  ClusteredRows out;
  for (Index i = 0; i < n; ++i) {
    const std::int64_t label = labels[static_cast<std::size_t>(i)];
    require(label >= -1, "'labels' hold {} at row {}; a label is at least 0, or −1 for noise", label, i);
    if (label >= 0) out.rows.push_back(i);
  }
  out.noise = n - static_cast<Index>(out.rows.size());
  const auto label_of = [&](Index row) { return labels[static_cast<std::size_t>(row)]; };
  std::stable_sort(out.rows.begin(), out.rows.end(), [&](Index a, Index b) { return label_of(a) < label_of(b); });
  for (std::size_t i = 0; i < out.rows.size(); ++i)
    if (i == 0 || label_of(out.rows[i]) != label_of(out.rows[i - 1])) out.start.push_back(static_cast<Index>(i));
  out.start.push_back(static_cast<Index>(out.rows.size()));
  require(out.clusters() >= 2, "needs at least 2 clusters, but the labels have {} ({} of {} examples are noise)",
          out.clusters(), out.noise, n);
  require(out.clusters() < n - out.noise, "each of the {} examples that are not noise is a cluster of its own",
          n - out.noise);
  return out;
}

}  // namespace shoal::kernels
