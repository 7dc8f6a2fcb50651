#include "distances.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/distances.cpp"
#include "kernels/targets.h"
// clang-format off
#include "kernels/lanes.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE Vector error_of(const DistanceError& error, Vector norm2) {
  const Floats d;
  return hn::MulAdd(norm2, hn::Set(d, error.square),
                    hn::MulAdd(hn::Sqrt(norm2), hn::Set(d, error.linear), hn::Set(d, error.constant)));
}

// Of either sign.
HWY_INLINE Vector rounded_down(Vector x) {
  const Floats d;
  return hn::Min(hn::Mul(x, hn::Set(d, kDown)), hn::Mul(x, hn::Set(d, kUp)));
}

// The arrays below have room for a whole vector past `count`: what is computed there is not looked at.
void distances_above(const float* norm2, const float* score, const DistanceError& error, Index count, float* out) {
  const Floats d;
  for (Index i = 0; i < count; i += kLanes) {
    const Vector n = hn::LoadU(d, norm2 + i);
    const Vector d2 = hn::Max(hn::Zero(d), hn::NegMulAdd(hn::Set(d, 2), hn::LoadU(d, score + i), n));
    hn::StoreU(hn::Mul(hn::Sqrt(hn::Add(d2, error_of(error, n))), hn::Set(d, kUp)), d, out + i);
  }
}

void distances_below(const float* net, const float* score, const float* slack, float shrink, Index count, float* out) {
  const Floats d;
  for (Index i = 0; i < count; i += kLanes) {
    const Vector d2 =
        hn::Max(hn::Zero(d), hn::NegMulAdd(hn::Set(d, 2), hn::LoadU(d, score + i), hn::LoadU(d, net + i)));
    const Vector distance = hn::Sub(hn::Mul(hn::Sqrt(d2), hn::Set(d, kDown)), hn::LoadU(d, slack + i));
    hn::StoreU(hn::Mul(hn::Max(hn::Zero(d), distance), hn::Set(d, shrink)), d, out + i);
  }
}

void less_error(const float* norm2, const DistanceError& error, Index count, float* net) {
  const Floats d;
  for (Index i = 0; i < count; i += kLanes) {
    const Vector n = hn::LoadU(d, norm2 + i);
    hn::StoreU(hn::Sub(n, error_of(error, n)), d, net + i);
  }
}

void floors(const float* norm2, const float* net, const float* slack, float shrink, const float* reach, Index count,
            float* floor) {
  const Floats d;
  const Vector stretch = hn::Set(d, kUp * kUp / shrink), half = hn::Set(d, 0.5F);
  for (Index i = 0; i < count; i += kLanes) {
    const Vector far = hn::Mul(hn::MulAdd(hn::LoadU(d, reach + i), stretch, hn::LoadU(d, slack + i)), hn::Set(d, kUp));
    const Vector least = hn::Mul(hn::NegMulAdd(far, far, hn::LoadU(d, net + i)), half);
    const Vector room = hn::Mul(hn::Add(hn::Abs(least), hn::LoadU(d, norm2 + i)), hn::Set(d, 0x1p-21F));
    hn::StoreU(hn::Sub(least, room), d, floor + i);
  }
}

void lowest(const float* lower, Index apart, Index groups, const float* moved, Index count, float* out) {
  const Floats d;
  Index i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Vector least = hn::Sub(hn::LoadU(d, lower + i), hn::Set(d, moved[0]));
    for (Index g = 1; g < groups; ++g)
      least = hn::Min(least, hn::Sub(hn::LoadU(d, lower + g * apart + i), hn::Set(d, moved[g])));
    hn::StoreU(least, d, out + i);
  }
  for (; i < count; ++i) {
    out[i] = lower[i] - moved[0];
    for (Index g = 1; g < groups; ++g) out[i] = std::min(out[i], lower[g * apart + i] - moved[g]);
  }
}

Index unsure(const float* norm2, const float* best, const float* second, const DistanceError& error, Index count,
             std::int32_t* list) {
  const Floats d;
  Index found = 0;
  const auto open = [&](const float* norms, const float* bests, const float* seconds) HWY_ATTR {
    const Vector n = hn::LoadU(d, norms), gap = hn::Sub(hn::LoadU(d, bests), hn::LoadU(d, seconds));
    const auto sure =
        hn::And(hn::Gt(hn::Mul(gap, hn::Set(d, kDown)), error_of(error, n)), hn::Lt(n, hn::Set(d, kNoScores)));
    return ~bits_of(sure) & ((1U << kLanes) - 1);
  };
  Index i = 0;
  for (; i + kLanes <= count; i += kLanes) append(open(norm2 + i, best + i, second + i), i, list, found);
  if (i == count) return found;
  float last[3][kLanes] = {};
  std::copy(norm2 + i, norm2 + count, last[0]);
  std::copy(best + i, best + count, last[1]);
  std::copy(second + i, second + count, last[2]);
  for (unsigned bits = open(last[0], last[1], last[2]) & ((1U << (count - i)) - 1); bits != 0; bits &= bits - 1)
    list[found++] = static_cast<std::int32_t>(i) + __builtin_ctz(bits);  // the list ends with count
  return found;
}

void gaps(const float* norm2, const float* best, const float* second, const DistanceError& error, Index count,
          float* gap) {
  const Floats d;
  const Vector down = hn::Set(d, kDown), none = hn::Set(d, -std::numeric_limits<float>::infinity());
  for (Index i = 0; i < count; i += kLanes) {
    const Vector n = hn::LoadU(d, norm2 + i), apart = hn::Sub(hn::LoadU(d, best + i), hn::LoadU(d, second + i));
    const Vector left = hn::Sub(hn::Mul(apart, down), error_of(error, n));
    hn::StoreU(hn::IfThenElse(hn::Lt(n, hn::Set(d, kNoScores)), rounded_down(left), none), d, gap + i);
  }
}

// A gap that cannot be told from none is −∞ or NaN: it is not above its limit.
Index follow(const std::uint8_t* own, const CentroidMoves::Tables& moves, Index count, float* gap, float* radius,
             std::int32_t* list) {
  const Floats d;
  const Vector up = hn::Set(d, kUp);
  Index found = 0;
  const hn::RebindToSigned<Floats> whole;
  const hn::Rebind<std::uint8_t, Floats> bytes;
  const auto first = hn::Set(whole, moves.first), most = hn::Set(whole, CentroidMoves::kSpans - 1);
  for (Index i = 0; i < count; i += kLanes) {
    const Vector before = hn::LoadU(d, radius + i);
    const auto label = hn::PromoteTo(whole, hn::LoadU(bytes, own + i));
    const auto place = hn::Sub(hn::ShiftRight<CentroidMoves::kDroppedBits>(hn::BitCast(whole, before)), first);
    const auto span = hn::Max(hn::Zero(whole), hn::Min(place, most));
    const auto line = hn::Add(hn::Mul(label, hn::Set(whole, CentroidMoves::kSpans)), span);
    const Vector change =
        hn::MulAdd(before, hn::GatherIndex(d, moves.slopes, line), hn::GatherIndex(d, moves.starts, line));
    const Vector all = hn::Add(hn::LoadU(d, gap + i), change), cap = hn::GatherIndex(d, moves.caps, line);
    const Vector now = hn::IfThenElse(hn::Lt(cap, all), cap, all);  // NaN stays NaN
    const Vector left = rounded_down(now);
    const Vector far = hn::Mul(hn::Add(before, hn::GatherIndex(d, moves.shifts, label)), up);
    hn::StoreU(left, d, gap + i);
    hn::StoreU(far, d, radius + i);
    // What float64 rounds of the two distances.
    const Vector limit = hn::MulAdd(hn::Mul(far, far), hn::Set(d, 0x1p-21F), hn::Set(d, 1e-30F));
    const Index here = std::min<Index>(count - i, kLanes);
    append(~bits_of(hn::Gt(left, limit)) & ((1U << here) - 1), i, list, found);
  }
  return found;
}

Index within(const float* lower, float moved, const float* reach, Index count, std::int32_t* list) {
  const Floats d;
  const Vector by = hn::Set(d, moved), up = hn::Set(d, kUp);
  Index found = 0, i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const auto near = hn::Le(hn::Sub(hn::LoadU(d, lower + i), by), hn::Mul(hn::LoadU(d, reach + i), up));
    append(bits_of(near), i, list, found);
  }
  for (; i < count; ++i)
    if (lower[i] - moved <= reach[i] * kUp) list[found++] = static_cast<std::int32_t>(i);
  return found;
}

}  // namespace

extern const Distances kDistances;
const Distances kDistances = {&distances_above, &distances_below, &less_error, &floors, &lowest, &unsure, &gaps,
                              &follow,          &within};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {

const Distances& distances(Isa isa) { return SHOAL_DISPATCH(isa, kDistances); }

}  // namespace shoal::kernels
#endif
