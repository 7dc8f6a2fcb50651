#ifndef SHOAL_FRAMEWORK_REPORT_NUMBERS_H_
#define SHOAL_FRAMEWORK_REPORT_NUMBERS_H_

#include <string>
#include <vector>

namespace shoal::host {

struct MeanSd {
  double mean = 0, sd = 0;  ///< sd with n − 1; 0 for one value
};
MeanSd mean_sd(const std::vector<double>& values);

/// The middle one, or the mean of the two in the middle; NaN of none.
double median(std::vector<double> values);

/// Five digits: "0.98712", "150", "1.2346e+06".
std::string plain(double value);

/// "0.9871 ± 0.0006", one value bare; the standard deviation decides the digits (two of its own). "–" for none.
std::string describe(const std::vector<double>& values);

/// How many columns a terminal gives to UTF-8 text of one-column characters.
std::size_t display_width(const std::string& text);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_NUMBERS_H_
