#ifndef SHOAL_FRAMEWORK_GRAPH_COMPARE_BASELINE_H_
#define SHOAL_FRAMEWORK_GRAPH_COMPARE_BASELINE_H_

#include <vector>

#include "framework/config/matrix.h"
#include "framework/graph/experiment.h"

namespace shoal::host {

/// The baseline of `compare:` in the words of the matrix: axes by name, values by label.
/// M501 it names no axis; M502 a label that the axis has not, with the nearest it has. An axis that the command line
/// fixed or gave may lack the label: that baseline is left out, by C214 (a note).
std::vector<config::Setting> baseline_of(const CompareSection& compare, const config::Matrix& matrix,
                                         config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_COMPARE_BASELINE_H_
