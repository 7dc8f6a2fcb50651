#include "linkage.h"

#include <algorithm>

#include "parts.h"

using shoal::Index;
using shoal::kernels::Edge;

std::vector<Edge> join_all(shoal::Context& context, shoal::ConstArray features, Linkage linkage) {
  std::vector<Edge> joins;
  switch (linkage) {
    case Linkage::kWard: joins = join_by_ward(context, features); break;
    case Linkage::kSingle: joins = shoal::kernels::minimum_spanning_tree(context, features); break;
    default: joins = join_by_matrix(context, features, linkage);
  }
  std::stable_sort(joins.begin(), joins.end(), [](const Edge& a, const Edge& b) { return a.length < b.length; });
  return joins;
}

std::vector<Index> cut(const std::vector<Edge>& joins, Index n, Index k) {
  shoal::kernels::Components groups(n);
  for (Index i = 0; i < n - k; ++i) {
    const Edge& join = joins[static_cast<std::size_t>(i)];
    groups.unite(groups.find(join.from), groups.find(join.to));
  }
  std::vector<Index> labels, label_of(static_cast<std::size_t>(n), -1);
  Index next = 0;
  for (Index i = 0; i < n; ++i) {
    Index& label = label_of[static_cast<std::size_t>(groups.find(i))];
    if (label < 0) label = next++;
    labels.push_back(label);
  }
  return labels;
}
