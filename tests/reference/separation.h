// The points and labels of separation.py.
#ifndef SHOAL_TESTS_REFERENCE_SEPARATION_H_
#define SHOAL_TESTS_REFERENCE_SEPARATION_H_

#include <cmath>
#include <vector>

#include "reference.h"
#include "shoal/array.h"
#include "shoal/matrix.h"

namespace shoal::testing {

struct SeparationCase {
  RowMatrix<double> points;
  std::vector<std::int64_t> labels;
};

inline SeparationCase separation_case(const nlohmann::json& c) {
  const Index clusters = c["clusters"].get<Index>();
  SeparationCase out{RowMatrix<double>(400, c["columns"].get<Index>()), {}};
  for (Index i = 0; i < out.points.rows(); ++i) {
    for (Index j = 0; j < out.points.cols(); ++j)
      out.points(i, j) = std::sqrt(static_cast<double>((i * i * (j + 3) + 7 * i * j + 1) % 1009)) +
                         static_cast<double>((i % clusters) * (3 + j % 2));
    out.labels.push_back((i + i % 5 / 4) % clusters);
  }
  return out;
}

}  // namespace shoal::testing

#endif  // SHOAL_TESTS_REFERENCE_SEPARATION_H_
