#include "arithmetic.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/arithmetic.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr Index kSums = 8;
using Doubles = hn::CappedTag<double, kSums>;
using Vector = hn::Vec<Doubles>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Doubles()));
constexpr int kParts = static_cast<int>(kSums) / kLanes;  // vectors that hold the partial sums

// `kRows` rows c at once, so that the additions of one hide behind those of the others.
template <int kRows>
HWY_INLINE void distances(const double* x, const double* c, Index cols, double* out) {
  const Doubles d;
  Vector sums[kRows][kParts];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < kParts; ++v) sums[r][v] = hn::Zero(d);
  Index j = 0;
  for (; j + kSums <= cols; j += kSums)
#pragma GCC unroll 8
    for (int v = 0; v < kParts; ++v) {
      const Vector here = hn::LoadU(d, x + j + v * kLanes);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        const Vector difference = hn::Sub(here, hn::LoadU(d, c + r * cols + j + v * kLanes));
        sums[r][v] = hn::Add(sums[r][v], hn::Mul(difference, difference));
      }
    }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    double s[kSums];
#pragma GCC unroll 8
    for (int v = 0; v < kParts; ++v) hn::StoreU(sums[r][v], d, s + v * kLanes);
    for (Index rest = j; rest < cols; ++rest) {
      const double difference = x[rest] - c[r * cols + rest];
      s[rest - j] += difference * difference;
    }
    out[r] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }
}

double squared_distance(const double* x, const double* c, Index cols) {
  double out;
  distances<1>(x, c, cols, &out);
  return out;
}

void squared_distances(const double* x, const double* rows, Index count, Index cols, double* out) {
  Index i = 0;
  for (; i + 4 <= count; i += 4) distances<4>(x, rows + i * cols, cols, out + i);
  for (; i + 2 <= count; i += 2) distances<2>(x, rows + i * cols, cols, out + i);
  if (i < count) distances<1>(x, rows + i * cols, cols, out + i);
}

// The loops below are the compiler's to vectorise: no operation of theirs depends on how it does.
template <typename Scalar>
HWY_INLINE void sum_rows(const Scalar* const* rows, Index count, Index cols, double* HWY_RESTRICT sum) {
  std::fill_n(sum, cols, 0.0);
  const auto wide = [](Scalar x) { return static_cast<double>(x); };
  Index i = 0;
  for (; i + 8 <= count; i += 8) {
    const Scalar *a = rows[i], *b = rows[i + 1], *c = rows[i + 2], *d = rows[i + 3], *e = rows[i + 4], *f = rows[i + 5],
                 *g = rows[i + 6], *h = rows[i + 7];
    for (Index j = 0; j < cols; ++j)
      sum[j] += ((wide(a[j]) + wide(b[j])) + (wide(c[j]) + wide(d[j]))) +
                ((wide(e[j]) + wide(f[j])) + (wide(g[j]) + wide(h[j])));
  }
  for (; i < count; ++i)
    for (Index j = 0; j < cols; ++j) sum[j] += wide(rows[i][j]);
}

template <typename Scalar>
HWY_INLINE void add(double* HWY_RESTRICT sum, const Scalar* HWY_RESTRICT x, const double* HWY_RESTRICT origin,
                    double weight, Index cols) {
  for (Index j = 0; j < cols; ++j) sum[j] += weight * (static_cast<double>(x[j]) - origin[j]);
}

void sum_float64(const double* const* rows, Index count, Index cols, double* sum) { sum_rows(rows, count, cols, sum); }
void sum_float32(const float* const* rows, Index count, Index cols, double* sum) { sum_rows(rows, count, cols, sum); }
void sum_uint8(const std::uint8_t* const* rows, Index count, Index cols, double* sum) {
  sum_rows(rows, count, cols, sum);
}
void add_float64(double* sum, const double* x, const double* origin, double weight, Index cols) {
  add(sum, x, origin, weight, cols);
}
void add_float32(double* sum, const float* x, const double* origin, double weight, Index cols) {
  add(sum, x, origin, weight, cols);
}
void add_uint8(double* sum, const std::uint8_t* x, const double* origin, double weight, Index cols) {
  add(sum, x, origin, weight, cols);
}

}  // namespace

extern const Arithmetic kArithmetic;
const Arithmetic kArithmetic = {&squared_distance, &squared_distances, &sum_float64, &sum_float32,
                                &sum_uint8,        &add_float64,       &add_float32, &add_uint8};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {

const Arithmetic& arithmetic(Isa isa) { return SHOAL_DISPATCH(isa, kArithmetic); }

}  // namespace shoal::kernels
#endif
