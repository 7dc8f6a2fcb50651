#ifndef SHOAL_FRAMEWORK_REPORT_FAIRNESS_H_
#define SHOAL_FRAMEWORK_REPORT_FAIRNESS_H_

#include <vector>

#include "framework/report/comparison.h"

namespace shoal::host {

/// What makes a table less than fair, and what is missing from it; docs/comparing.md says what each F8xx is. R601 are
/// rows that failed, with their reason.
std::vector<Remark> fairness(const Comparison& comparison);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_FAIRNESS_H_
