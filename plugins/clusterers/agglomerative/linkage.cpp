#include "linkage.h"

#include <algorithm>

#include "parts.h"
#include "shoal/kernels/joins.h"

using shoal::kernels::Edge;

std::vector<Edge> join_all(shoal::Context& context, shoal::ConstArray features, Linkage linkage) {
  std::vector<Edge> joins;
  switch (linkage) {
    case Linkage::kWard: joins = shoal::kernels::ward_joins(context, features); break;
    case Linkage::kSingle: joins = shoal::kernels::minimum_spanning_tree(context, features); break;
    default: joins = join_by_matrix(context, features, linkage);
  }
  std::stable_sort(joins.begin(), joins.end(), [](const Edge& a, const Edge& b) { return a.length < b.length; });
  return joins;
}
