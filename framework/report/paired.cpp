#include "framework/report/paired.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "framework/report/numbers.h"
#include "shoal/random.h"

namespace shoal::host {
namespace {

constexpr std::size_t kAllFlips = 14;
constexpr std::uint64_t kRandomFlips = 20'000;

/// Bit i mod 64 of the i / 64th word turns the sign of value i.
template <typename NextWord>
double flipped_sum(const std::vector<double>& values, NextWord&& next_word) {
  double sum = 0;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    word = i % 64 == 0 ? next_word() : word >> 1;
    sum += (word & 1) != 0 ? -values[i] : values[i];
  }
  return sum;
}

double sign_flip_p(const std::vector<double>& values) {
  const double seen = std::abs(std::accumulate(values.begin(), values.end(), 0.0));
  double scale = 0;
  for (const double v : values) scale += std::abs(v);
  const double least = seen - 1e-12 * scale;  // the same sum in another order is as extreme
  if (values.size() <= kAllFlips) {
    const std::uint64_t all = std::uint64_t{1} << values.size();
    std::uint64_t extreme = 0;
    for (std::uint64_t signs = 0; signs < all; ++signs)
      extreme += std::abs(flipped_sum(values, [&] { return signs; })) >= least;
    return static_cast<double>(extreme) / static_cast<double>(all);
  }
  Random random(0);
  std::uint64_t extreme = 1;  // what was seen counts as one draw, so that p is never 0
  for (std::uint64_t draw = 0; draw < kRandomFlips; ++draw) extreme += std::abs(flipped_sum(values, random)) >= least;
  return static_cast<double>(extreme) / static_cast<double>(kRandomFlips + 1);
}

}  // namespace

Paired paired(const std::vector<double>& differences, int better) {
  Paired out;
  out.pairs = differences.size();
  for (const double d : differences) {
    if (better == 0) continue;
    if (d == 0) ++out.ties;
    else ++(((d > 0) == (better > 0)) ? out.wins : out.losses);
  }
  const auto [mean, sd] = mean_sd(differences);
  out.mean = mean;
  out.low = out.high = std::numeric_limits<double>::quiet_NaN();
  if (out.pairs < 2) return out;
  const double n = static_cast<double>(out.pairs);
  const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.975);
  out.low = mean - t * sd / std::sqrt(n);
  out.high = mean + t * sd / std::sqrt(n);
  out.p = sign_flip_p(differences);
  return out;
}

double least_p(std::size_t pairs) { return std::min(1.0, 2 / std::pow(2.0, static_cast<double>(pairs))); }

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> out(p.size());
  double reached = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    reached = std::max(reached, std::min(1.0, p[order[i]] * static_cast<double>(p.size() - i)));
    out[order[i]] = reached;
  }
  return out;
}

}  // namespace shoal::host
