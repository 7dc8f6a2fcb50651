#ifndef SHOAL_FRAMEWORK_REPORT_PAIRED_H_
#define SHOAL_FRAMEWORK_REPORT_PAIRED_H_

#include <cstddef>
#include <vector>

namespace shoal::host {

/// Differences of two settings that were run on the same seeds.
struct Paired {
  std::size_t pairs = 0;
  std::size_t wins = 0, ties = 0, losses = 0;  ///< by the metric's direction; all 0 where it has none
  double mean = 0;                             ///< of the differences
  double low = 0, high = 0;                    ///< 95 % interval of their mean, by Student's t; NaN for one pair
  double p = 1;                                ///< of the sign-flip test, two-sided; see least_p
};

/// `differences`: value − baseline's, a seed each, finite, at least one. `better`: +1 where more is better, −1, or 0.
/// The test flips signs: all 2ⁿ of them up to 14 pairs, above that 20 000 at random from a fixed stream.
/// Source  Dwass, "Modified randomization tests for nonparametric hypotheses", Ann. Math. Stat. 28 (1957) 181–187.
Paired paired(const std::vector<double>& differences, int better);

/// The least p that `pairs` differences can give: 2 / 2ⁿ. No verdict at 5 % is possible below six.
double least_p(std::size_t pairs);
inline constexpr std::size_t kEnoughPairs = 6;

/// Holm's step-down adjustment for testing all of `p` at once; in the order given.
/// Source  Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6 (1979) 65–70.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAIRED_H_
