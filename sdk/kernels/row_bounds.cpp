#include "row_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/row_bounds.cpp"
#include "kernels/targets.h"
// clang-format off
#include "kernels/lanes.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Index within(const float* lower, const float* moved, float reach, Index count, std::int32_t* list, float& least) {
  const Floats d;
  const float far = reach * kUp;
  const Vector limit = hn::Set(d, far), none = hn::Set(d, kInfinity);
  Vector others = none;
  Index found = 0, c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    const Vector now = hn::Sub(hn::LoadU(d, lower + c), hn::LoadU(d, moved + c));
    const auto near = hn::Le(now, limit);
    others = hn::Min(others, hn::IfThenElse(near, none, now));
    if (!hn::AllFalse(d, near)) append(bits_of(near), c, list, found);
  }
  least = hn::GetLane(hn::MinOfLanes(d, others));
  for (; c < count; ++c) {
    const float now = lower[c] - moved[c];
    if (now <= far) list[found++] = static_cast<std::int32_t>(c);
    else least = std::min(least, now);
  }
  return found;
}

void from_scores(const float* scores, float net, float slack, float shrink, const float* moved, Index count,
                 float* lower) {
  const Floats d;
  const Vector square = hn::Set(d, net), down = hn::Set(d, kDown), less = hn::Set(d, slack),
               short_of = hn::Set(d, shrink), zero = hn::Zero(d), minus_two = hn::Set(d, -2.0F);
  Index c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    const Vector far = hn::Sqrt(hn::Max(hn::MulAdd(minus_two, hn::LoadU(d, scores + c), square), zero));
    const Vector distance = hn::Max(hn::Mul(hn::Sub(hn::Mul(far, down), less), short_of), zero);
    hn::StoreU(hn::Mul(hn::Add(distance, hn::LoadU(d, moved + c)), down), d, lower + c);
  }
  for (; c < count; ++c) {
    const float far = std::sqrt(std::max(net - 2 * scores[c], 0.0F));
    lower[c] = (std::max((far * kDown - slack) * shrink, 0.0F) + moved[c]) * kDown;
  }
}

void top2(const float* scores, Index count, float& best, float& second) {
  const Floats d;
  Vector high = hn::Set(d, -kInfinity), next = high;
  Index c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    const Vector score = hn::LoadU(d, scores + c);
    next = hn::Max(next, hn::Min(high, score));
    high = hn::Max(high, score);
  }
  float highs[kLanes];
  hn::StoreU(high, d, highs);
  best = -kInfinity;
  second = hn::GetLane(hn::MaxOfLanes(d, next));
  const auto take = [&](float score) {
    second = std::max(second, std::min(best, score));
    best = std::max(best, score);
  };
  for (const float score : highs) take(score);
  for (; c < count; ++c) take(scores[c]);
}

Index above(const float* scores, float floor, Index count, std::int32_t* list) {
  const Floats d;
  const Vector limit = hn::Set(d, floor);
  Index found = 0, c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    const auto high = hn::Ge(hn::LoadU(d, scores + c), limit);
    if (!hn::AllFalse(d, high)) append(bits_of(high), c, list, found);
  }
  for (; c < count; ++c)
    if (scores[c] >= floor) list[found++] = static_cast<std::int32_t>(c);
  return found;
}

}  // namespace

extern const RowBounds kRowBounds;
const RowBounds kRowBounds = {&within, &from_scores, &top2, &above};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {

const RowBounds& row_bounds(Isa isa) { return SHOAL_DISPATCH(isa, kRowBounds); }

}  // namespace shoal::kernels
#endif
