// The points of dbscan.py, hdbscan.py and agglomerative.py.
#ifndef SHOAL_TESTS_REFERENCE_DENSITY_POINTS_H_
#define SHOAL_TESTS_REFERENCE_DENSITY_POINTS_H_

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "reference.h"
#include "shoal/array.h"
#include "shoal/matrix.h"

namespace shoal::testing {

/// Σ of `columns` lines that wind through the space, three strands of different width, and some rows in between.
inline RowMatrix<double> density_points(Index n, Index columns) {
  RowMatrix<double> out(n, columns);
  for (Index i = 0; i < n; ++i) {
    const auto along = static_cast<double>(i * 37 % n) / static_cast<double>(n) * 3;
    for (Index j = 0; j < columns; ++j) {
      const double strand = static_cast<double>(i % 3), width = i % 29 == 0 ? 1.0 : 0.04 + 0.05 * strand;
      const double off = static_cast<double>((i * i % 1009 * (2 * j + 3) + 7 * i * j + i) % 997) / 997 - 0.5;
      out(i, j) = std::round((along * static_cast<double>(j % 2) + strand * 0.8 +
                              (along - 1.5) * (along - 1.5) * 0.3 * static_cast<double>(j % 3) + width * off) *
                             1048576) /
                  1048576;
    }
  }
  return out;
}

/// "0,0,-1" as numbers.
inline std::vector<std::int64_t> numbers_of(const nlohmann::json& labels) {
  return labels.get<std::vector<std::int64_t>>();
}

}  // namespace shoal::testing

#endif  // SHOAL_TESTS_REFERENCE_DENSITY_POINTS_H_
