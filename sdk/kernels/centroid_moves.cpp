#include "centroid_moves.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/centroid_moves.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Vector = hn::Vec<Doubles>;
constexpr Index kLanes = hn::MaxLanes(Doubles());

CentroidMoves::Comparison compare(const CentroidMoves::Pair& pair, Index cols) {
  const Doubles d;
  Vector sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  Index j = 0;
  for (; j + kLanes <= cols; j += kLanes) {
    const Vector move = hn::LoadU(d, pair.move + j), moves = hn::Sub(move, hn::LoadU(d, pair.own_move + j));
    const Vector between = hn::Sub(hn::LoadU(d, pair.site + j), hn::LoadU(d, pair.own_site + j));
    const Vector now = hn::Add(between, moves);
    sums[0] = hn::MulAdd(between, move, sums[0]);
    sums[1] = hn::MulAdd(between, between, sums[1]);
    sums[2] = hn::MulAdd(moves, moves, sums[2]);
    sums[3] = hn::MulAdd(now, now, sums[3]);
  }
  double rest[4] = {};
  for (; j < cols; ++j) {
    const double moves = pair.move[j] - pair.own_move[j], between = pair.site[j] - pair.own_site[j];
    rest[0] += between * pair.move[j], rest[1] += between * between, rest[2] += moves * moves;
    rest[3] += (between + moves) * (between + moves);
  }
  for (int i = 0; i < 4; ++i) rest[i] += hn::GetLane(hn::SumOfLanes(d, sums[i]));
  return {rest[0], rest[1], rest[2], rest[3]};
}

CentroidMoves::Least least(const CentroidMoves::Others& others, double limit, double from, double to) {
  const Doubles d;
  const Vector none = hn::Set(d, std::numeric_limits<double>::infinity()), bound = hn::Set(d, limit);
  Vector at_from = none, at_to = none, beyond = none, steepest = hn::Zero(d);
  const auto look = [&](const double* distances, const double* gains, const double* losses) HWY_ATTR {
    const Vector z = hn::LoadU(d, distances), gain = hn::LoadU(d, gains), loss = hn::LoadU(d, losses);
    const auto near = hn::Lt(z, bound);
    at_from = hn::Min(at_from, hn::IfThenElse(near, hn::NegMulAdd(hn::Set(d, from), loss, gain), none));
    at_to = hn::Min(at_to, hn::IfThenElse(near, hn::NegMulAdd(hn::Set(d, to), loss, gain), none));
    steepest = hn::Max(steepest, hn::IfThenElseZero(near, loss));
    beyond = hn::Min(beyond, hn::IfThenElse(near, none, z));
  };
  // Others have room for a whole vector past the last: those are infinitely far.
  for (Index c = 0; c < others.count; c += kLanes) look(others.distances + c, others.gains + c, others.losses + c);
  return {hn::GetLane(hn::MinOfLanes(d, at_from)), hn::GetLane(hn::MinOfLanes(d, at_to)),
          hn::GetLane(hn::MaxOfLanes(d, steepest)), hn::GetLane(hn::MinOfLanes(d, beyond))};
}

}  // namespace

extern const CentroidMoves::Loops kMoveLoops;
const CentroidMoves::Loops kMoveLoops = {&compare, &least};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {
namespace {

constexpr Index kCentroidsOfTask = 16;  // with fewer, to wake other threads would cost more than it saves
constexpr Index kRoom = 8;              // lanes of Doubles, at most
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

float rounded_up(double x) { return static_cast<float>(x) * kUp; }

}  // namespace

CentroidMoves::CentroidMoves(Isa isa, Index k)
    : k_(k),
      on_(SHOAL_DISPATCH(isa, kMoveLoops)),
      starts_(at(k * kSpans)),
      slopes_(at(k * kSpans)),
      caps_(at(k * kSpans), std::numeric_limits<float>::infinity()),
      shifts_(at(k)) {}

void CentroidMoves::set(const Context& context, const RowMatrix<double>& before, const RowMatrix<double>& now,
                        double scale, double usual) {
  moves_ = (now - before) * scale;
  sites_ = before * scale;
  first_ = (std::bit_cast<std::int32_t>(static_cast<float>(2 * usual)) >> kDroppedBits) - (kSpans - 2);
  if (k_ == 1) return;  // no other is ever nearer
  const double rounding = static_cast<double>(now.cols() + 16) * 0x1p-51;
  const Eigen::VectorXd squares = moves_.rowwise().squaredNorm();
  context.parallel_for(k_, kCentroidsOfTask, [&](Index from, Index to) {
    const Index room = k_ - 1 + kRoom;
    std::vector<double> numbers(at(3 * room), kInfinity);
    const Others others = {numbers.data(), numbers.data() + room, numbers.data() + 2 * room, k_ - 1};
    for (Index l = from; l < to; ++l) {
      const double shift = std::sqrt(squares[l]);
      shifts_[at(l)] = rounded_up(shift);
      for (Index c = 0, i = 0; c < k_; ++c) {
        if (c == l) continue;
        const Comparison found = on_.compare(
            {sites_.row(l).data(), moves_.row(l).data(), sites_.row(c).data(), moves_.row(c).data()}, now.cols());
        const double size = std::sqrt(found.apart * squares[c]) + squares[c] + squares[l];
        const double before_and_moved = std::sqrt(found.apart) + std::sqrt(found.moves_apart);
        others.distances[i] = std::sqrt(found.apart_now) * (1 - rounding) - before_and_moved * rounding;
        others.gains[i] = found.along + (squares[c] - squares[l]) / 2 - size * rounding;
        others.losses[i++] = std::sqrt(found.moves_apart) * (1 + rounding);
      }
      set_lines(l, shift, others);
    }
  });
}

// The least of the lines gain − loss · r is concave: between two places it lies above the line through what it is
// there, and beyond the last it falls no faster than the steepest. Of a centroid at a distance z from the row's own,
// ½(‖x − c‖² − ‖x − l‖²) ≥ ½z² − rz: that alone will do from z = (1 + √2)r on, where it is ½r².
void CentroidMoves::set_lines(Index own, double shift, const Others& others) {
  double r = 0;
  for (std::int32_t span = 0; span < kSpans; ++span) {
    const bool last = span == kSpans - 1;
    const double next = last ? 2 * r : static_cast<double>(std::bit_cast<float>((first_ + span + 1) << kDroppedBits));
    const double radius = (next + shift) * (1 + 0x1p-20);
    const Least found = on_.least(others, last ? std::numeric_limits<double>::max() : 2.42 * radius, r, next);
    const double then = last ? found.at_from - found.steepest * r : found.at_to;
    const bool any = found.at_from < kInfinity;
    double slope = any ? (then - found.at_from) / (next - r) : 0;
    if (last) slope -= std::abs(slope) * 0x1p-20;  // for rows however far
    const double start = any ? found.at_from - slope * r : kInfinity;
    const double size = any ? std::abs(start) + std::abs(slope) * next : 0;  // float32 is off by a few 2⁻²⁴ of it
    const double far = found.distance, left = far * (far / 2 - radius);
    const Index line = own * kSpans + span;
    starts_[at(line)] = static_cast<float>(start - size * 0x1p-20);
    slopes_[at(line)] = static_cast<float>(slope);
    caps_[at(line)] = static_cast<float>(far < kInfinity ? left - (far * far + far * radius) * 0x1p-20 : kInfinity);
    r = next;
  }
}

}  // namespace shoal::kernels
#endif
