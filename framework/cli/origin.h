#ifndef SHOAL_FRAMEWORK_CLI_ORIGIN_H_
#define SHOAL_FRAMEWORK_CLI_ORIGIN_H_

#include <cstddef>
#include <string>

#include "framework/graph/plan.h"

namespace shoal::cli {

/// Every value of a row with where it comes from, one a line: file:line:column, "command line:1:10", "default of
/// clusterer/kmeans"; behind it the places through which it was read. Paths as the command line takes them.
std::string origins(const host::Plan& plan, std::size_t row);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_ORIGIN_H_
