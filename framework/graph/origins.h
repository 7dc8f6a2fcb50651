#ifndef SHOAL_FRAMEWORK_GRAPH_ORIGINS_H_
#define SHOAL_FRAMEWORK_GRAPH_ORIGINS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "framework/graph/plan.h"

namespace shoal::host {

/// Where a value of a row comes from.
struct Origin {
  std::string path = {};   ///< "kmeans.k"
  std::string value = {};  ///< as one line of YAML
  std::string from = {};   ///< file:line:column, "command line:1:10", "default of clusterer/kmeans"; behind it the
                           ///< places through which it was read. Paths as the command line takes them.
};

/// Every value of a row, in the order of the document; behind what a node says, its component's defaults.
std::vector<Origin> origins_of(const Plan& plan, std::size_t row);

/// The same for people, one a line.
std::string origins_as_text(const std::vector<Origin>& origins);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_ORIGINS_H_
