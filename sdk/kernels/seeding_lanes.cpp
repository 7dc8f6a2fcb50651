#include "seeding_lanes.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/seeding_lanes.cpp"
#include "kernels/targets.h"
// clang-format off
#include "kernels/lanes.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

constexpr int kPanelParts = static_cast<int>(kPanel) / kLanes;

using Doubles = hn::CappedTag<double, 8>;
using DoubleVector = hn::Vec<Doubles>;
constexpr int kDoubles = static_cast<int>(hn::MaxLanes(Doubles()));
constexpr int kDoubleParts = 8 / kDoubles;  // vectors that hold the eight partial sums

#if HWY_TARGET == HWY_AVX3
constexpr int kTileRows = 8;
constexpr bool kManyRegisters = true;
#elif HWY_TARGET == HWY_AVX2
constexpr int kTileRows = 6;
constexpr bool kManyRegisters = false;
#elif HWY_TARGET == HWY_NEON
constexpr int kTileRows = 6;
constexpr bool kManyRegisters = true;
#else
constexpr int kTileRows = 3;
constexpr bool kManyRegisters = false;
#endif

// Lanes are rows; each number of a candidate is broadcast.
template <int kCount, typename Step>
HWY_INLINE void open_of_group(const Step* HWY_RESTRICT values, const float* limit, const float* reach, Index cols,
                              const Goals& goals, std::uint32_t* HWY_RESTRICT bits) {
  constexpr int kVectors = 2 * kLanes <= kGroup ? 2 : 1;
  const Floats d;
#pragma GCC unroll 8
  for (int c = 0; c < kCount; ++c) bits[c] = 0;
  for (int from = 0; from < kGroup; from += kVectors * kLanes) {
    Vector sums[kCount][kVectors];
#pragma GCC unroll 8
    for (int c = 0; c < kCount; ++c)
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v)
        sums[c][v] =
            hn::MulAdd(hn::Set(d, goals.error[c]), hn::LoadU(d, reach + from + v * kLanes), hn::Set(d, goals.bias[c]));
    const Step* x = values + from;
    const float* goal = goals.values;
    for (Index j = 0; j < cols; ++j, x += kGroup, goal += kTogether) {
      Vector here[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) here[v] = load(x + v * kLanes);
#pragma GCC unroll 8
      for (int c = 0; c < kCount; ++c) {
        const Vector number = hn::Set(d, goal[c]);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) sums[c][v] = hn::MulAdd(number, here[v], sums[c][v]);
      }
    }
#pragma GCC unroll 8
    for (int c = 0; c < kCount; ++c)
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        std::uint8_t closed[8] = {};
        hn::StoreMaskBits(d, hn::Le(sums[c][v], hn::LoadU(d, limit + from + v * kLanes)), closed);
        const std::uint32_t low = closed[0] | static_cast<std::uint32_t>(closed[1]) << 8;
        constexpr std::uint32_t kAll = (std::uint32_t{1} << kLanes) - 1;
        bits[c] |= (~low & kAll) << (from + v * kLanes);
      }
  }
}

template <int kCount, typename Step>
HWY_INLINE void open_of_groups(const Step* values, const float* limit, const float* reach, Index cols, Index groups,
                               const Goals& goals, std::uint32_t* bits) {
  // Two vectors of rows for each candidate, so that a candidate's number is loaded half as often: 16 registers hold
  // that for 6 candidates.
  constexpr int kFirst = kCount <= 6 || kManyRegisters ? kCount : kCount / 2, kRest = kCount - kFirst;
  const Goals rest = {goals.values + kFirst, goals.bias + kFirst, goals.error + kFirst, goals.count - kFirst};
  for (Index g = 0; g < groups; ++g, values += cols * kGroup, limit += kGroup, reach += kGroup, bits += kTogether) {
    open_of_group<kFirst>(values, limit, reach, cols, goals, bits);
    if constexpr (kRest > 0) open_of_group<kRest>(values, limit, reach, cols, rest, bits + kFirst);
  }
}

template <typename Step>
HWY_INLINE void open(const Step* values, const float* limit, const float* reach, Index cols, Index groups,
                     const Goals& goals, std::uint32_t* bits) {
  if (goals.count <= 1) open_of_groups<1>(values, limit, reach, cols, groups, goals, bits);
  else if (goals.count <= 2) open_of_groups<2>(values, limit, reach, cols, groups, goals, bits);
  else if (goals.count <= 4) open_of_groups<4>(values, limit, reach, cols, groups, goals, bits);
  else if (goals.count <= 6) open_of_groups<6>(values, limit, reach, cols, groups, goals, bits);
  else open_of_groups<8>(values, limit, reach, cols, groups, goals, bits);
}

void open_int8(const std::int8_t* values, const float* limit, const float* reach, Index cols, Index groups,
               const Goals& goals, std::uint32_t* bits) {
  open(values, limit, reach, cols, groups, goals, bits);
}
void open_int16(const std::int16_t* values, const float* limit, const float* reach, Index cols, Index groups,
                const Goals& goals, std::uint32_t* bits) {
  open(values, limit, reach, cols, groups, goals, bits);
}

HWY_INLINE DoubleVector load_double(const double* x) { return hn::LoadU(Doubles(), x); }
HWY_INLINE DoubleVector load_double(const float* x) {
  return hn::PromoteTo(Doubles(), hn::LoadU(hn::Rebind<float, Doubles>(), x));
}
HWY_INLINE DoubleVector load_double(const std::uint8_t* x) {
  return hn::PromoteTo(
      Doubles(), hn::PromoteTo(hn::Rebind<std::int32_t, Doubles>(), hn::LoadU(hn::Rebind<std::uint8_t, Doubles>(), x)));
}

// `kPairs` at once, so that the additions of one hide behind those of the others.
template <int kPairs, typename Scalar>
HWY_INLINE void distances_of(const Scalar* const* rows, const double* const* others, Index cols, double* out) {
  const Doubles d;
  const Scalar* x[kPairs];
  const double* y[kPairs];
  DoubleVector sums[kPairs][kDoubleParts];
#pragma GCC unroll 4
  for (int p = 0; p < kPairs; ++p) {
    x[p] = rows[p];
    y[p] = others[p];
#pragma GCC unroll 8
    for (int v = 0; v < kDoubleParts; ++v) sums[p][v] = hn::Zero(d);
  }
  Index j = 0;
  for (; j + 8 <= cols; j += 8)
#pragma GCC unroll 4
    for (int p = 0; p < kPairs; ++p)
#pragma GCC unroll 8
      for (int v = 0; v < kDoubleParts; ++v) {
        const DoubleVector difference =
            hn::Sub(load_double(x[p] + j + v * kDoubles), hn::LoadU(d, y[p] + j + v * kDoubles));
        sums[p][v] = hn::Add(sums[p][v], hn::Mul(difference, difference));
      }
#pragma GCC unroll 4
  for (int p = 0; p < kPairs; ++p) {
    double s[8];
#pragma GCC unroll 8
    for (int v = 0; v < kDoubleParts; ++v) hn::StoreU(sums[p][v], d, s + v * kDoubles);
    for (Index rest = j; rest < cols; ++rest) {
      const double difference = static_cast<double>(x[p][rest]) - y[p][rest];
      s[rest - j] += difference * difference;
    }
    out[p] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }
}

template <typename Scalar>
HWY_INLINE void distances(const Scalar* const* rows, const double* const* others, Index count, Index cols,
                          double* out) {
  Index i = 0;
  for (; i + 4 <= count; i += 4) {
    if (i + 8 <= count)
      for (Index next = i + 4; next < i + 8; ++next) hwy::Prefetch(rows[next]);
    distances_of<4>(rows + i, others + i, cols, out + i);
  }
  for (; i < count; ++i) distances_of<1>(rows + i, others + i, cols, out + i);
}

void distances_float64(const double* const* rows, const double* const* others, Index count, Index cols, double* out) {
  distances(rows, others, count, cols, out);
}
void distances_float32(const float* const* rows, const double* const* others, Index count, Index cols, double* out) {
  distances(rows, others, count, cols, out);
}
void distances_uint8(const std::uint8_t* const* rows, const double* const* others, Index count, Index cols,
                     double* out) {
  distances(rows, others, count, cols, out);
}

}  // namespace

extern const SeedingLanes kSeedingLanes;
const SeedingLanes kSeedingLanes = {&open_int8, &open_int16, &distances_float64, &distances_float32, &distances_uint8};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {

const SeedingLanes& seeding_lanes(Isa isa) { return SHOAL_DISPATCH(isa, kSeedingLanes); }

}  // namespace shoal::kernels
#endif
