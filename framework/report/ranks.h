#ifndef SHOAL_FRAMEWORK_REPORT_RANKS_H_
#define SHOAL_FRAMEWORK_REPORT_RANKS_H_

#include <vector>

namespace shoal::host {

/// Ranks of methods over datasets. `values[d][m]`: what method m came to on dataset d; `better` +1 where more is
/// better, −1 where less is. Rank 1 is the best, equal values share their mean rank. Every dataset has every method.
struct Ranks {
  std::vector<double> mean;  ///< of each method, over datasets
  double friedman_p = 1;     ///< that all methods are alike, by Iman and Davenport's F
};

/// Source  Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006) 1–30, section 3.2.
Ranks rank_methods(const std::vector<std::vector<double>>& values, int better);

/// Wilcoxon's signed-rank test, two-sided and exact also with ties, of paired differences, of which zeros are left out;
/// 1 where all are. At most 60 differences: above that its table of sums is not worth its time.
/// Source  Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945) 80–83.
double wilcoxon_p(const std::vector<double>& differences);

/// Below so many datasets no test is made.
inline constexpr std::size_t kEnoughDatasets = 5;

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RANKS_H_
