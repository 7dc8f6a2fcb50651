#ifndef SHOAL_FRAMEWORK_GRAPH_RESOLVED_H_
#define SHOAL_FRAMEWORK_GRAPH_RESOLVED_H_

#include <cstddef>

#include "framework/graph/plan.h"

namespace shoal::host {

/// The experiment as one file that gives the same run again, wherever it lies: resolved.yaml. Layers are merged, and
/// relative paths are written from the root. Of one row: no `${…}` is left, and all defaults are written out. Of
/// several: with the matrix, and with `vars` and those `${…}` that hang on it; their components may differ, so that
/// defaults are left out (plan.json has each row's parameters).
config::Value resolved(const Plan& plan);

/// The experiment of one row alone, without the matrix.
config::Value resolved_row(const Plan& plan, std::size_t row);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_RESOLVED_H_
