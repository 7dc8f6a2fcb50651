#ifndef SHOAL_FRAMEWORK_REPORT_PARAMETER_DIFF_H_
#define SHOAL_FRAMEWORK_REPORT_PARAMETER_DIFF_H_

#include <set>
#include <string>
#include <vector>

#include "framework/report/run_diff.h"

namespace shoal::host {

/// The names of the nodes whose parameters the run's plan tells.
std::set<std::string> planned_nodes(const RunFile& run);

/// The parameters that `nodes` have differently in two runs, with defaults, by their plans: in the rows that have the
/// same settings and seed in both, or in all rows where there are no such. By the name of the node, then of the
/// parameter; where a run has several values, they are given in the order of its rows: "10 | 20".
std::vector<Difference> diff_parameters(const RunFile& first, const RunFile& second,
                                        const std::set<std::string>& nodes);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PARAMETER_DIFF_H_
