// A part of join_all: see linkage.h.
#ifndef SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_PARTS_H_
#define SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_PARTS_H_

#include "linkage.h"

/// Complete or average linkage, from the distances of all pairs, by the formulas of Lance and Williams.
std::vector<shoal::kernels::Edge> join_by_matrix(shoal::Context& context, shoal::ConstArray features, Linkage linkage);

#endif  // SHOAL_PLUGINS_CLUSTERERS_AGGLOMERATIVE_PARTS_H_
