#include "framework/report/ranks.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace shoal::host {
namespace {

/// Ranks from 1, least first; equal values share their mean rank.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> out(values.size());
  for (std::size_t from = 0; from < order.size();) {
    std::size_t to = from + 1;
    while (to < order.size() && values[order[to]] == values[order[from]]) ++to;
    for (std::size_t i = from; i < to; ++i) out[order[i]] = static_cast<double>(from + 1 + to) / 2;
    from = to;
  }
  return out;
}

}  // namespace

Ranks rank_methods(const std::vector<std::vector<double>>& values, int better) {
  const std::size_t methods = values.empty() ? 0 : values[0].size();
  Ranks out{.mean = std::vector<double>(methods, 0)};
  double squares = 0;  // of all ranks: without ties n·k(k+1)(2k+1)/6
  for (std::vector<double> row : values) {
    for (double& value : row) value *= better > 0 ? -1 : 1;
    const std::vector<double> ranks = ranks_of(row);
    for (std::size_t m = 0; m < methods; ++m) {
      out.mean[m] += ranks[m] / static_cast<double>(values.size());
      squares += ranks[m] * ranks[m];
    }
  }
  const double n = static_cast<double>(values.size()), k = static_cast<double>(methods);
  if (n < 2 || k < 2) return out;
  const double middle = (k + 1) / 2;
  double between = 0;
  for (const double mean : out.mean) between += (mean - middle) * (mean - middle);
  const double within = squares - n * k * middle * middle;
  if (within <= 0) return out;  // every dataset has all methods equal
  const double chi_square = n * n * (k - 1) * between / within;
  const double rest = n * (k - 1) - chi_square;
  if (rest <= 1e-12 * chi_square) {  // all datasets agree on one order, where F is infinite: Friedman's own statistic
    out.friedman_p = boost::math::cdf(boost::math::complement(boost::math::chi_squared(k - 1), chi_square));
    return out;
  }
  const double f = (n - 1) * chi_square / rest;
  out.friedman_p = boost::math::cdf(boost::math::complement(boost::math::fisher_f(k - 1, (k - 1) * (n - 1)), f));
  return out;
}

double wilcoxon_p(const std::vector<double>& differences) {
  std::vector<double> sizes, signs;
  for (const double d : differences) {
    if (d == 0) continue;
    sizes.push_back(std::abs(d));
    signs.push_back(d > 0 ? 1 : -1);
  }
  if (sizes.empty()) return 1;
  const std::vector<double> ranks = ranks_of(sizes);
  std::vector<std::size_t> doubled;  // ties make halves
  std::size_t total = 0, positive = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    doubled.push_back(static_cast<std::size_t>(std::lround(2 * ranks[i])));
    total += doubled[i];
    if (signs[i] > 0) positive += doubled[i];
  }
  std::vector<double> ways(total + 1, 0);  // share of the 2ⁿ signs whose positive ranks sum to so much
  ways[0] = 1;
  for (const std::size_t rank : doubled)
    for (std::size_t sum = total + 1; sum-- > 0;) ways[sum] = (ways[sum] + (sum >= rank ? ways[sum - rank] : 0)) / 2;
  const std::size_t least = std::min(positive, total - positive);
  double tail = 0;
  for (std::size_t sum = 0; sum <= least; ++sum) tail += ways[sum];
  return std::min(1.0, 2 * tail);
}

}  // namespace shoal::host
