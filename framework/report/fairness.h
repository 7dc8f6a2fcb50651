#ifndef SHOAL_FRAMEWORK_REPORT_FAIRNESS_H_
#define SHOAL_FRAMEWORK_REPORT_FAIRNESS_H_

#include <vector>

#include "framework/report/comparison.h"

namespace shoal::host {

/// What makes a table less than fair, and what is missing from it, most serious first:
///   F801 different machines        F805 debug or sanitizer build      F809 first centroids given to some only
///   F802 other threads or device   F806 stopping rules differ         F810 fewer clusters than were asked for
///   F803 seeds not paired          F807 fewer than six pairs          F811 times taken once, rows one after the other
///   F804 different data            F808 times of an earlier row       R601 rows that failed, with their reason
std::vector<Remark> fairness(const Comparison& comparison);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_FAIRNESS_H_
