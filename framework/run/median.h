#ifndef SHOAL_FRAMEWORK_RUN_MEDIAN_H_
#define SHOAL_FRAMEWORK_RUN_MEDIAN_H_

#include <algorithm>
#include <limits>
#include <vector>

namespace shoal::host {

/// The middle one, or the mean of the two in the middle; NaN of none.
inline double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_MEDIAN_H_
