#ifndef SHOAL_PLUGINS_TRANSFORMS_L2_NORMALIZE_L2_NORMALIZE_H_
#define SHOAL_PLUGINS_TRANSFORMS_L2_NORMALIZE_L2_NORMALIZE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

/// Writes the `d` numbers of `x` divided by max(‖x‖, eps), both in double: a row of zeros stays one.
template <typename From, typename To>
void l2_normalize(const From* x, std::int64_t d, double eps, To* out) {
  double squares = 0;
  for (std::int64_t j = 0; j < d; ++j) squares += static_cast<double>(x[j]) * static_cast<double>(x[j]);
  const double norm = std::max(std::sqrt(squares), eps);
  for (std::int64_t j = 0; j < d; ++j) out[j] = static_cast<To>(static_cast<double>(x[j]) / norm);
}

#endif  // SHOAL_PLUGINS_TRANSFORMS_L2_NORMALIZE_L2_NORMALIZE_H_
