// shoal/testing_points.h: points that tests are made of.
#ifndef SHOAL_TESTING_POINTS_H_
#define SHOAL_TESTING_POINTS_H_

#include <cstdint>

#include "shoal/array.h"
#include "shoal/matrix.h"
#include "shoal/random.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// (N, D) normal numbers of mean 0 and standard deviation `spread`, row by row.
inline RowMatrix<double> normal_points(std::uint64_t seed, Index n, Index d, double spread = 1) {
  Random random(seed);
  RowMatrix<double> out(n, d);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = spread * random.normal();
  return out;
}

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TESTING_POINTS_H_
