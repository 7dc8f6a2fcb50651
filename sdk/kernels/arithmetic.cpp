#include "arithmetic.h"

namespace shoal::kernels {
namespace {

#define SHOAL_INLINE [[gnu::always_inline]] inline

constexpr Index kLanes = 8;
using Lanes = double __attribute__((vector_size(8 * kLanes)));
using LanesAnywhere = double __attribute__((vector_size(8 * kLanes), aligned(8), may_alias));

SHOAL_INLINE double pairwise(const Lanes& s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

// `kRows` rows c at once, so that the additions of one hide behind those of the others.
template <int kRows>
SHOAL_INLINE void distances(const double* x, const double* c, Index cols, double* out) {
  Lanes sums[kRows] = {};
  Index j = 0;
  for (; j + kLanes <= cols; j += kLanes) {
    const Lanes here = *reinterpret_cast<const LanesAnywhere*>(x + j);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Lanes difference = here - *reinterpret_cast<const LanesAnywhere*>(c + r * cols + j);
      sums[r] += difference * difference;
    }
  }
  for (Index lane = 0; j < cols; ++j, ++lane) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const double difference = x[j] - c[r * cols + j];
      sums[r][lane] += difference * difference;
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) out[r] = pairwise(sums[r]);
}

SHOAL_INLINE double one_distance(const double* x, const double* c, Index cols) {
  double out;
  distances<1>(x, c, cols, &out);
  return out;
}

SHOAL_INLINE void many_distances(const double* x, const double* rows, Index count, Index cols, double* out) {
  Index i = 0;
  for (; i + 4 <= count; i += 4) distances<4>(x, rows + i * cols, cols, out + i);
  for (; i + 2 <= count; i += 2) distances<2>(x, rows + i * cols, cols, out + i);
  if (i < count) distances<1>(x, rows + i * cols, cols, out + i);
}

template <typename Scalar>
SHOAL_INLINE void add(double* __restrict sum, const Scalar* __restrict x, const double* __restrict origin,
                      double weight, Index cols) {
  for (Index j = 0; j < cols; ++j) sum[j] += weight * (static_cast<double>(x[j]) - origin[j]);
}

#define SHOAL_ARITHMETIC(suffix, target)                                                                             \
  target double distance_##suffix(const double* x, const double* c, Index cols) { return one_distance(x, c, cols); } \
  target void distances_##suffix(const double* x, const double* rows, Index count, Index cols, double* out) {        \
    many_distances(x, rows, count, cols, out);                                                                       \
  }                                                                                                                  \
  target void add_float64_##suffix(double* s, const double* x, const double* o, double w, Index cols) {              \
    add(s, x, o, w, cols);                                                                                           \
  }                                                                                                                  \
  target void add_float32_##suffix(double* s, const float* x, const double* o, double w, Index cols) {               \
    add(s, x, o, w, cols);                                                                                           \
  }                                                                                                                  \
  target void add_uint8_##suffix(double* s, const std::uint8_t* x, const double* o, double w, Index cols) {          \
    add(s, x, o, w, cols);                                                                                           \
  }                                                                                                                  \
  constexpr Arithmetic k_##suffix = {&distance_##suffix, &distances_##suffix, &add_float64_##suffix,                 \
                                     &add_float32_##suffix, &add_uint8_##suffix};

SHOAL_ARITHMETIC(baseline, )
#ifdef SHOAL_X86
SHOAL_ARITHMETIC(avx2, SHOAL_AVX2)
SHOAL_ARITHMETIC(avx512, SHOAL_AVX512)
#endif

}  // namespace

const Arithmetic& arithmetic(Isa isa) {
#ifdef SHOAL_X86
  if (isa == Isa::kAvx512) return k_avx512;
  if (isa == Isa::kAvx2) return k_avx2;
#endif
  static_cast<void>(isa);
  return k_baseline;
}

}  // namespace shoal::kernels
