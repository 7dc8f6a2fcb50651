#ifndef SHOAL_FRAMEWORK_REPORT_NUMBERS_H_
#define SHOAL_FRAMEWORK_REPORT_NUMBERS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoal::host {

struct MeanSd {
  double mean = 0, sd = 0;  ///< sd with n − 1; 0 for one value
};
MeanSd mean_sd(const std::vector<double>& values);

/// The finite number that the whole of `text` says, if it does.
std::optional<double> find_number(std::string_view text);

/// Five digits: "0.98712", "150", "1.2346e+06".
std::string plain(double value);

/// "0.9871 ± 0.0006", one value bare; the standard deviation decides the digits (two of its own). "–" for none.
std::string describe(const std::vector<double>& values);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_NUMBERS_H_
