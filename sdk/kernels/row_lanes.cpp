#include "row_lanes.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/row_lanes.cpp"
#include "kernels/targets.h"
// clang-format off
#include "kernels/lanes.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

using Quads = hn::CappedTag<float, 4>;
constexpr float kLowest = -std::numeric_limits<float>::infinity();

// A block's rows, in vectors, and the centroids whose scores with them are in registers at once.
#if HWY_TARGET == HWY_AVX3
constexpr int kVectors = 3, kMostCentroids = 8;
#elif HWY_TARGET == HWY_NEON
constexpr int kVectors = 2, kMostCentroids = 8;
#else
constexpr int kVectors = 2, kMostCentroids = 6;
#endif
constexpr Index kRows = kVectors * kLanes;

#if HWY_TARGET != HWY_SCALAR
// Columns j … j+3 of the rows r, r+4, r+8, …: one quad of lanes from each.
HWY_INLINE Vector quads(const float* const* rows, Index r, Index j) {
  const Quads quad;
#if HWY_TARGET == HWY_AVX3
  const hn::Half<Floats> half;
  return hn::Combine(Floats(), hn::Combine(half, hn::LoadU(quad, rows[r + 12] + j), hn::LoadU(quad, rows[r + 8] + j)),
                     hn::Combine(half, hn::LoadU(quad, rows[r + 4] + j), hn::LoadU(quad, rows[r] + j)));
#elif HWY_TARGET == HWY_AVX2
  return hn::Combine(Floats(), hn::LoadU(quad, rows[r + 4] + j), hn::LoadU(quad, rows[r] + j));
#else
  return hn::LoadU(quad, rows[r] + j);
#endif
}
#endif

// Parts that the lanes of a panel are cut into, as registers hold the scores of no more than kMostCentroids.
HWY_INLINE Index parts_of(Index lanes) { return (lanes + kMostCentroids - 1) / kMostCentroids; }

// kRows rows, with their columns turned into vectors.
class Block {
 public:
  // Takes the rows from `from` on, of `count`; those beyond repeat the last. After these come those ahead, which are
  // fetched while these are scored with `parts` parts of panels.
  void take(const float* const* rows, Index from, Index count, Index cols, const Ahead& ahead, Index parts) {
    cols_ = cols;
    // Long rows evenly: asked for at once, lines would wait for each other, and the rows' own loads behind them.
    const Index lines = kRows * ((cols + kLine - 1) / kLine), columns = parts * cols;
    const bool few = cols <= 4 * kLine;
    two_lines_ = few || lines > columns;
    other_column_ = !few && 2 * lines <= columns ? 1 : 0;
    for (Index r = 0; r < kRows; ++r) rows_[r] = rows[std::min(from + r, count - 1)];
    for (Index r = 0; r < kRows; ++r) {
      const Index next = from + kRows + r;
      next_[r] = next < count       ? rows[next]
                 : ahead.count == 0 ? rows[count - 1]
                                    : ahead.rows[std::min(next - count, ahead.count - 1)];
    }
    turned_ = nullptr;
    turned_from_ = -1;
    ahead_row_ = ahead.in_cache ? kRows : 0;
    ahead_col_ = 0;
  }

  // A block that was turned before, all of its columns one after another.
  void take_turned(const float* turned, Index cols) {
    cols_ = cols;
    turned_ = turned;
    ahead_row_ = kRows;  // what comes next lies behind it, as the hardware guesses
  }

  // All columns, one after another.
  void turn_to(float* out) {
    for (Index from = 0; from < cols_; from += kSpan) {
      const Index here = std::min(kSpan, cols_ - from);
      turn(from, here);
      std::copy_n(columns_[0], here * kRows, out + from * kRows);
    }
  }

  // Calls use(lane, scores), scores being Vector[kVectors], for the panel's first `lanes` lanes in order.
  template <typename Use>
  HWY_INLINE void score(const Panels& panels, Index panel, Index lanes, Use&& use) {
    const float* values = panels.values + panel * cols_ * kPanel;
    const float* bias = panels.bias + panel * kPanel;
    const Index parts = parts_of(lanes);
    for (Index from = 0; from < cols_; from += kSpan) {
      const Index here = std::min(kSpan, cols_ - from);
      const bool first = from == 0, last = from + here == cols_;
      if (turned_ == nullptr) turn(from, here);
      const float* columns = turned_ == nullptr ? columns_[0] : turned_ + from * kRows;
      // 10 centroids are better cut 5 + 5 than 8 + 2.
      for (Index part = 0, c = 0; part < parts; ++part) {
        const Index many = (lanes - c + parts - part - 1) / (parts - part);
        add_products(many, columns, values + from * kPanel + c, here, c, first ? bias + c : nullptr, last, use);
        c += many;
      }
    }
  }

 private:
  void turn(Index from, Index cols) {
    if (turned_from_ == from) return;
    turned_from_ = from;
#if HWY_TARGET != HWY_SCALAR
    if (cols >= 4) {
      for (Index j = 0; j < cols; j += 4) turn_four(from, std::min(j, cols - 4));
      return;
    }
#endif
    for (Index j = 0; j < cols; ++j)
      for (Index r = 0; r < kRows; ++r) columns_[j][r] = rows_[r][from + j];
  }

#if HWY_TARGET != HWY_SCALAR
  HWY_INLINE void turn_four(Index from, Index j) {
    const Floats d;
    const hn::Repartition<double, Floats> pairs;
    for (int v = 0; v < kVectors; ++v) {
      const float* const* rows = rows_ + v * kLanes;
      const Vector a = quads(rows, 0, from + j), b = quads(rows, 1, from + j);
      const Vector c = quads(rows, 2, from + j), e = quads(rows, 3, from + j);
      const auto ab = hn::BitCast(pairs, hn::InterleaveLower(d, a, b)),
                 ce = hn::BitCast(pairs, hn::InterleaveLower(d, c, e));
      const auto ab2 = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b)),
                 ce2 = hn::BitCast(pairs, hn::InterleaveUpper(d, c, e));
      hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab, ce)), d, columns_[j] + v * kLanes);
      hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab, ce)), d, columns_[j + 1] + v * kLanes);
      hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab2, ce2)), d, columns_[j + 2] + v * kLanes);
      hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab2, ce2)), d, columns_[j + 3] + v * kLanes);
    }
  }
#endif

  // `many` centroids, of which lane `lane` of the panel is the first, with the `cols` columns at `x`. The sums begin
  // with `bias`, or where that is null go on; they are used, or kept where they are not the last.
  template <int kMany = kMostCentroids, typename Use>
  HWY_INLINE void add_products(Index many, const float* x, const float* values, Index cols, Index lane,
                               const float* bias, bool last, Use&& use) {
    if constexpr (kMany > 1) {
      if (many < kMany) return add_products<kMany - 1>(many, x, values, cols, lane, bias, last, use);
    }
    const Floats d;
    Vector sums[kMany][kVectors];
#pragma GCC unroll 8
    for (int c = 0; c < kMany; ++c)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[c][v] = bias ? hn::Set(d, bias[c]) : hn::Zero(d);
    const auto add_column = [&]() HWY_ATTR {
      Vector column[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) column[v] = hn::Load(d, x + v * kLanes);
#pragma GCC unroll 8
      for (int c = 0; c < kMany; ++c) {
        const Vector value = hn::Set(d, values[c]);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[c][v] = hn::MulAdd(value, column[v], sums[c][v]);
      }
      values += kPanel, x += kRows;
    };
    Index j = 0;
    for (; j < cols && ahead_row_ < kRows; ++j) {
      if ((j & other_column_) == 0) {
        fetch_ahead();
        if (two_lines_ && ahead_row_ < kRows) fetch_ahead();
      }
      add_column();
    }
    for (; j < cols; ++j) add_column();
#pragma GCC unroll 8
    for (int c = 0; c < kMany; ++c) {
      if (!bias)
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[c][v] = hn::Add(sums[c][v], hn::Load(d, sums_[lane + c][v]));
      if (last) {
        use(lane + c, sums[c]);
        continue;
      }
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) hn::Store(sums[c][v], d, sums_[lane + c][v]);
    }
  }

  // Asks for one line of the next rows: the hardware does not guess where they lie. To the cache of the second level,
  // as that of the first is full of columns.
  HWY_INLINE void fetch_ahead() {
    __builtin_prefetch(next_[ahead_row_] + ahead_col_, 0, 2);
    if ((ahead_col_ += kLine) >= cols_) ahead_col_ = 0, ++ahead_row_;
  }

  Index cols_ = 0, turned_from_ = -1;
  Index ahead_row_ = 0, ahead_col_ = 0;
  Index other_column_ = 0;  // 1 where lines are fetched at every other column only
  bool two_lines_ = false;  // at a time
  const float* turned_ =
      nullptr;  // where all of it is turned already; else columns_ has the span that was asked for last
  const float *rows_[kRows], *next_[kRows];
  alignas(64) float columns_[kSpan][kRows];
  alignas(64) float sums_[kPanel][kVectors][kLanes];
};

// Writes the first `count` of a block's lanes.
template <typename T, typename Lanes>
HWY_INLINE void write(const Lanes (&from)[kVectors], Index count, T* out) {
  const hn::CappedTag<T, kPanel> d;
  if (count == kRows) {
    for (int v = 0; v < kVectors; ++v) hn::StoreU(from[v], d, out + v * kLanes);
    return;
  }
  alignas(64) T all[kRows];
  for (int v = 0; v < kVectors; ++v) hn::Store(from[v], d, all + v * kLanes);
  std::copy_n(all, count, out);
}

// Of a block that was taken, its first `count` rows being rows `from` on.
HWY_INLINE void top2_of_block(Block& block, Index from, Index count, const Panels& panels, Index first, Index last,
                              const Best& out) {
  const Floats d;
  const hn::RebindToSigned<Floats> whole;
  Vector best[kVectors], second[kVectors];
  hn::Vec<decltype(whole)> lane[kVectors];
  for (int v = 0; v < kVectors; ++v) {
    best[v] = second[v] = hn::Set(d, kLowest);
    lane[v] = hn::Set(whole, static_cast<std::int32_t>(first * kPanel));
  }
  for (Index panel = first; panel < last; ++panel)
    block.score(panels, panel, panels.lanes_of(panel), [&](Index c, const Vector(&scores)[kVectors]) HWY_ATTR {
      const auto it = hn::Set(whole, static_cast<std::int32_t>(panel * kPanel + c));
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const auto nearer = hn::Gt(scores[v], best[v]);
        second[v] = hn::Max(second[v], hn::Min(best[v], scores[v]));
        lane[v] = hn::IfThenElse(hn::RebindMask(whole, nearer), it, lane[v]);
        best[v] = hn::Max(best[v], scores[v]);
      }
    });
  write(best, count, out.best + from);
  write(second, count, out.second + from);
  write(lane, count, out.lane + from);
}

void top2(const float* const* rows, Index count, const Panels& panels, Index first, Index last, const Best& out,
          const Ahead& ahead) {
  Block block;
  Index parts = 0;
  for (Index panel = first; panel < last; ++panel) parts += parts_of(panels.lanes_of(panel));
  for (Index from = 0; from < count; from += kRows) {
    block.take(rows, from, count, panels.cols, ahead, parts);
    top2_of_block(block, from, std::min(kRows, count - from), panels, first, last, out);
  }
}

void turn(const float* const* rows, Index count, Index cols, float* turned) {
  Block block;
  for (Index from = 0; from < count; from += kRows, turned += kRows * cols) {
    block.take(rows, from, count, cols, {}, 1);
    block.turn_to(turned);
  }
}

void top2_of_turned(const float* turned, Index count, const Panels& panels, Index first, Index last, const Best& out) {
  Block block;
  for (Index from = 0; from < count; from += kRows, turned += kRows * panels.cols) {
    block.take_turned(turned, panels.cols);
    top2_of_block(block, from, std::min(kRows, count - from), panels, first, last, out);
  }
}

void lanes_above(const float* const* rows, Index count, const Panels& panels, Index panel, const float* floor,
                 std::uint16_t* lanes, float* best_below) {
  const Floats d;
  const hn::RebindToSigned<Floats> whole;
  Block block;
  for (Index from = 0; from < count; from += kRows) {
    const Index here = std::min(kRows, count - from);
    block.take(rows, from, count, panels.cols, {}, parts_of(panels.lanes_of(panel)));
    alignas(64) float floors[kRows];
    for (Index r = 0; r < kRows; ++r) floors[r] = floor[from + std::min(r, here - 1)];
    Vector below[kVectors];
    hn::Vec<decltype(whole)> bits[kVectors];
    for (int v = 0; v < kVectors; ++v) below[v] = hn::Set(d, kLowest), bits[v] = hn::Zero(whole);
    block.score(panels, panel, panels.lanes_of(panel), [&](Index c, const Vector(&scores)[kVectors]) HWY_ATTR {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const auto above = hn::Ge(scores[v], hn::Load(d, floors + v * kLanes));
        below[v] = hn::Max(below[v], hn::IfThenElse(above, hn::Set(d, kLowest), scores[v]));
        bits[v] = hn::Or(bits[v], hn::IfThenElseZero(hn::RebindMask(whole, above), hn::Set(whole, 1 << c)));
      }
    });
    write(below, here, best_below + from);
    alignas(64) std::int32_t all[kRows];
    for (int v = 0; v < kVectors; ++v) hn::Store(bits[v], whole, all + v * kLanes);
    for (Index r = 0; r < here; ++r) lanes[from + r] = static_cast<std::uint16_t>(all[r]);
  }
}

}  // namespace

extern const RowLanes kRowLanes;
const RowLanes kRowLanes = {&top2, &lanes_above, kRows, &turn, &top2_of_turned};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {

const RowLanes& row_lanes(Isa isa) { return SHOAL_DISPATCH(isa, kRowLanes); }

}  // namespace shoal::kernels
#endif
