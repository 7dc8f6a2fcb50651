#include "expected_information.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace shoal::kernels {
namespace {

/// Size and how many clusters have it.
std::map<std::int64_t, std::int64_t> different(const std::vector<std::int64_t>& sizes) {
  std::map<std::int64_t, std::int64_t> out;
  for (const std::int64_t size : sizes) ++out[size];
  return out;
}

/// The expectation of met/n · log(met·n / (a·b)), where `met` of a cluster of `a` and one of `b` examples are the same:
/// hypergeometric. Its weights are taken from the likeliest number outwards, each from the one before, and divided by
/// their sum: no logarithm of a factorial, of which few digits would be left. Beyond some twelve standard deviations
/// they are below 2⁻¹⁰⁰ of the greatest and change no digit.
double expected_term(double a, double b, double n) {
  const double least = std::max(0.0, a + b - n), most = std::min(a, b);
  const double likeliest = std::clamp(std::floor((a + 1) * (b + 1) / (n + 2)), least, most);
  const auto value = [&](double met) { return met == 0 ? 0 : met / n * std::log(met * n / (a * b)); };
  double weights = 1, sum = value(likeliest);
  double weight = 1;
  for (double met = likeliest; met < most && weight > 0x1p-100; ++met) {
    weight *= (a - met) * (b - met) / ((met + 1) * (n - a - b + met + 1));
    weights += weight;
    sum += weight * value(met + 1);
  }
  weight = 1;
  for (double met = likeliest; met > least && weight > 0x1p-100; --met) {
    weight *= met * (n - a - b + met) / ((a - met + 1) * (b - met + 1));
    weights += weight;
    sum += weight * value(met - 1);
  }
  return sum / weights;
}

}  // namespace

double expected_information(const std::vector<std::int64_t>& row_sums, const std::vector<std::int64_t>& column_sums,
                            std::int64_t n) {
  double out = 0;
  const auto rows = different(row_sums), columns = different(column_sums);
  for (const auto& [a, rows_of_a] : rows)
    for (const auto& [b, columns_of_b] : columns)
      out += static_cast<double>(rows_of_a) * static_cast<double>(columns_of_b) *
             expected_term(static_cast<double>(a), static_cast<double>(b), static_cast<double>(n));
  return out;
}

}  // namespace shoal::kernels
