#include "screen.h"

#include <algorithm>
#include <limits>

#include "row_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/screen.cpp"
#include "kernels/targets.h"
// clang-format off
#include "kernels/lanes.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
extern const RowLanes kRowLanes;
namespace {

constexpr int kParts = static_cast<int>(kPanel) / kLanes;  // vectors in a panel
constexpr float kLowest = -std::numeric_limits<float>::infinity();

// Rows and panels in a tile: as many as the registers hold with the panels' values and one row's beside them, and no
// more rows than there are registers for addresses.
#if HWY_TARGET == HWY_AVX3
constexpr int kTileRows = 9, kTilePanels = 3;
#elif HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_NEON
constexpr int kTileRows = 6, kTilePanels = 1;
#else
constexpr int kTileRows = 3, kTilePanels = 1;
#endif

// Σ of `value(v, j)` over the columns, v the place of a vector, j that of a single number.
template <typename Of, typename OfOne>
HWY_INLINE float sum_over(Index cols, Of&& of, OfOne&& of_one) {
  const Floats d;
  constexpr int kAtOnce = std::max(4, static_cast<int>(kSums) / kLanes);
  Vector sums[kAtOnce];
  for (Vector& sum : sums) sum = hn::Zero(d);
  Index j = 0;
  for (; j + kAtOnce * kLanes <= cols; j += kAtOnce * kLanes)
    for (int s = 0; s < kAtOnce; ++s) sums[s] = of(j + s * kLanes, sums[s]);
  for (; j + kLanes <= cols; j += kLanes) sums[0] = of(j, sums[0]);
  float rest = 0;
  for (; j < cols; ++j) rest += of_one(j);
  for (int s = kAtOnce / 2; s > 0; s /= 2)
    for (int i = 0; i < s; ++i) sums[i] = hn::Add(sums[i], sums[i + s]);
  return rest + hn::GetLane(hn::SumOfLanes(d, sums[0]));
}

HWY_INLINE float squares(const float* x, Index cols) {
  const Floats d;
  return sum_over(
      cols,
      [&](Index j, Vector sum) HWY_ATTR {
        const Vector v = hn::LoadU(d, x + j);
        return hn::MulAdd(v, v, sum);
      },
      [&](Index j) { return x[j] * x[j]; });
}

template <typename Scalar>
HWY_INLINE float pack(const Scalar* HWY_RESTRICT x, const float* HWY_RESTRICT shift, double scale, Index cols,
                      float* HWY_RESTRICT out) {
  for (Index j = 0; j < cols; ++j)
    out[j] = static_cast<float>((static_cast<double>(x[j]) - static_cast<double>(shift[j])) * scale);
  return squares(out, cols);
}

float pack_float64(const double* x, const float* shift, double scale, Index cols, float* out) {
  return pack(x, shift, scale, cols, out);
}
float pack_float32(const float* x, const float* shift, double scale, Index cols, float* out) {
  return pack(x, shift, scale, cols, out);
}

HWY_INLINE float squared_norm(const float* x, const float* shift, Index cols) {
  const Floats d;
  return sum_over(
      cols,
      [&](Index j, Vector sum) HWY_ATTR {
        const Vector v = hn::Sub(hn::LoadU(d, x + j), hn::LoadU(d, shift + j));
        return hn::MulAdd(v, v, sum);
      },
      [&](Index j) { return (x[j] - shift[j]) * (x[j] - shift[j]); });
}

float widen_uint8(const std::uint8_t* HWY_RESTRICT x, const float* shift, Index cols, float* HWY_RESTRICT out) {
  for (Index j = 0; j < cols; ++j) out[j] = static_cast<float>(x[j]);
  return squared_norm(out, shift, cols);
}

// The first `count` numbers, then zeros; what lies after them is not read.
HWY_INLINE Vector first_of(const float* x, Index count) {
  const Floats d;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(d, static_cast<std::size_t>(count)), d, x);
#else
  alignas(64) float all[kLanes] = {};
  std::copy_n(x, count, all);
  return hn::Load(d, all);
#endif
}

// Sixteen numbers of each of four rows at once, so that the additions of one hide behind those of the others.
void squared_norms(const float* const* rows, const float* shift, Index count, Index cols, float* out) {
  const Floats d;
  constexpr Index kAtOnce = 4;
  Index i = 0;
  for (; i + kAtOnce <= count; i += kAtOnce) {
    Vector sums[kAtOnce][kParts];
    for (auto& of_row : sums)
      for (Vector& sum : of_row) sum = hn::Zero(d);
    Index j = 0;
    for (; j + kPanel <= cols; j += kPanel)
#pragma GCC unroll 16
      for (int v = 0; v < kParts; ++v) {
        const Vector at = hn::LoadU(d, shift + j + v * kLanes);
#pragma GCC unroll 4
        for (Index r = 0; r < kAtOnce; ++r) {
          const Vector x = hn::Sub(hn::LoadU(d, rows[i + r] + j + v * kLanes), at);
          sums[r][v] = hn::MulAdd(x, x, sums[r][v]);
        }
      }
    for (Index v = 0; j < cols; j += kLanes, ++v) {
      const Index left = std::min<Index>(kLanes, cols - j);
      const Vector at = first_of(shift + j, left);
#pragma GCC unroll 4
      for (Index r = 0; r < kAtOnce; ++r) {
        const Vector x = hn::Sub(first_of(rows[i + r] + j, left), at);
        sums[r][v] = hn::MulAdd(x, x, sums[r][v]);
      }
    }
#pragma GCC unroll 4
    for (Index r = 0; r < kAtOnce; ++r) {
      Vector sum = sums[r][0];
      for (int v = 1; v < kParts; ++v) sum = hn::Add(sum, sums[r][v]);
      out[i + r] = hn::GetLane(hn::SumOfLanes(d, sum));
    }
  }
  for (; i < count; ++i) out[i] = squared_norm(rows[i], shift, cols);
}

// Scores of kRows rows with kPanels panels, in registers: lanes are centroids, each number of a row is broadcast.
template <int kRows, int kPanels>
struct Tile {
  static constexpr Index kFloats = Index{kRows} * kPanels * kPanel;
  Vector score[kRows][kPanels][kParts];

  HWY_INLINE void start(const Panels& panels, Index first) {
    const Floats d;
#pragma GCC unroll 16
    for (int p = 0; p < kPanels; ++p)
#pragma GCC unroll 16
      for (int v = 0; v < kParts; ++v) {
        const Vector bias = hn::LoadU(d, panels.bias + (first + p) * kPanel + v * kLanes);
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) score[r][p][v] = bias;
      }
  }

  // Adds the products of the columns from `from` up to `to`.
  HWY_INLINE void add(const float* const* rows, const Panels& panels, Index first, Index from, Index to) {
    const Floats d;
    const Index apart = panels.cols * kPanel;
    const float* values = panels.values + first * apart + from * kPanel;
    const float* x[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) x[r] = rows[r];
    for (Index j = from; j < to; ++j, values += kPanel) {
      Vector c[kPanels][kParts];
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
#pragma GCC unroll 16
        for (int v = 0; v < kParts; ++v) c[p][v] = hn::Load(d, values + p * apart + v * kLanes);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const Vector xj = hn::Set(d, x[r][j]);
#pragma GCC unroll 4
        for (int p = 0; p < kPanels; ++p)
#pragma GCC unroll 16
          for (int v = 0; v < kParts; ++v) score[r][p][v] = hn::MulAdd(c[p][v], xj, score[r][p][v]);
      }
    }
  }

  HWY_INLINE void compute(const float* const* rows, const Panels& panels, Index first) {
    start(panels, first);
    add(rows, panels, first, 0, std::min(panels.cols, kSpan));
    for (Index from = kSpan; from < panels.cols; from += kSpan) {
      alignas(64) float before[kFloats];
      save(before);
      clear();
      add(rows, panels, first, from, std::min(panels.cols, from + kSpan));
      add(before);
    }
  }

  // To and from kFloats numbers of memory.
  HWY_INLINE void save(float* to) const {
#pragma GCC unroll 64
    for (int i = 0; i < kRows * kPanels * kParts; ++i)
      hn::Store(score[i / (kPanels * kParts)][i / kParts % kPanels][i % kParts], Floats(), to + i * kLanes);
  }
  HWY_INLINE void add(const float* from) {
#pragma GCC unroll 64
    for (int i = 0; i < kRows * kPanels * kParts; ++i) {
      Vector& sum = score[i / (kPanels * kParts)][i / kParts % kPanels][i % kParts];
      sum = hn::Add(sum, hn::Load(Floats(), from + i * kLanes));
    }
  }
  HWY_INLINE void clear() {
#pragma GCC unroll 64
    for (int i = 0; i < kRows * kPanels * kParts; ++i)
      score[i / (kPanels * kParts)][i / kParts % kPanels][i % kParts] = hn::Zero(Floats());
  }

  // Lanes of panel p of row r, each vector's best and second best over the panel's vectors.
  HWY_INLINE void fold(int r, int p, Vector& high, Vector& low) const {
    const Floats d;
    high = score[r][p][0];
    low = hn::Set(d, kLowest);
#pragma GCC unroll 16
    for (int v = 1; v < kParts; ++v) {
      low = hn::Max(low, hn::Min(high, score[r][p][v]));
      high = hn::Max(high, score[r][p][v]);
    }
  }

  // The greatest score of panel p of row r, `best` being known, lies in this lane; `second` is the next.
  HWY_INLINE std::int32_t place(int r, int p, Vector high, Vector low, Vector best, float& second) const {
    const Floats d;
    const auto found = hn::FindFirstTrue(d, hn::Eq(high, best));
    const auto at = found < 0 ? 0 : found;  // none is equal where a score is not a number
    const Vector others =
        hn::IfThenElse(hn::Eq(hn::Iota(d, 0.0F), hn::Set(d, static_cast<float>(at))), low, hn::Max(high, low));
    second = hn::GetLane(hn::MaxOfLanes(d, others));
    auto out = static_cast<std::int32_t>(at);
#pragma GCC unroll 16
    for (int v = kParts - 1; v >= 0; --v)
      if (hn::FindFirstTrue(d, hn::Eq(score[r][p][v], best)) == at) out = static_cast<std::int32_t>(at) + v * kLanes;
    return out;
  }

  // The best two of panel 0 of row r, the second and the lane only if the best is above `floor`.
  HWY_INLINE void reduce_one(int r, Index panel, float floor, float& best, float& second, std::int32_t& lane) const {
    Vector high, low;
    fold(r, 0, high, low);
    const Vector greatest = hn::MaxOfLanes(Floats(), high);
    best = hn::GetLane(greatest);
    if (best > floor) lane = static_cast<std::int32_t>(panel * kPanel) + place(r, 0, high, low, greatest, second);
  }
};

// Calls use(tile, row, how many rows of it count) for the rows with kPanels panels, tile by tile.
template <int kRows, int kPanels, typename Use>
HWY_INLINE void each_tile(const float* const* rows, Index count, const Panels& panels, Index first, Use&& use) {
  Index row = 0;
  for (; row + kRows <= count; row += kRows) {
    Tile<kRows, kPanels> tile;
    tile.compute(rows + row, panels, first);
    use(tile, row, Index{kRows});
  }
  if (row == count) return;
  const float* last[kRows];
  for (Index r = 0; r < kRows; ++r) last[r] = rows[std::min(row + r, count - 1)];
  Tile<kRows, kPanels> tile;
  tile.compute(last, panels, first);
  use(tile, row, count - row);
}

// Rows that are screened against all panels before the next ones are: they stay in the cache of the second level.
constexpr Index kBlockRows = 135 / kTileRows * kTileRows;

// The best two of each lane of a block's rows, over the panels so far, and in which panel the best was: kept lane by
// lane until the last panel, as one row's lanes can only be compared at some length.
struct LaneBest {
  alignas(64) float best[kBlockRows][kPanel], second[kBlockRows][kPanel];
  alignas(64) std::int32_t panel[kBlockRows][kPanel];

  void clear(Index count) {
    std::fill_n(best[0], count * kPanel, kLowest);
    std::fill_n(second[0], count * kPanel, kLowest);
    std::fill_n(panel[0], count * kPanel, 0);
  }

  template <int kRows, int kPanels>
  HWY_INLINE void take(const Tile<kRows, kPanels>& tile, int r, Index row, Index first) {
    const Floats d;
    const hn::RebindToSigned<Floats> whole;
#pragma GCC unroll 16
    for (int v = 0; v < kParts; ++v) {
      Vector high = hn::Load(d, best[row] + v * kLanes), low = hn::Load(d, second[row] + v * kLanes);
      auto of = hn::Load(whole, panel[row] + v * kLanes);
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p) {
        const Vector score = tile.score[r][p][v];
        of = hn::IfThenElse(hn::RebindMask(whole, hn::Gt(score, high)),
                            hn::Set(whole, static_cast<std::int32_t>(first + p)), of);
        low = hn::Max(low, hn::Min(high, score));
        high = hn::Max(high, score);
      }
      hn::Store(high, d, best[row] + v * kLanes);
      hn::Store(low, d, second[row] + v * kLanes);
      hn::Store(of, whole, panel[row] + v * kLanes);
    }
  }

  HWY_INLINE void finish(Index row, float& row_best, float& row_second, std::int32_t& lane) const {
    const Floats d;
    Vector high = hn::Load(d, best[row]), low = hn::Load(d, second[row]);
    for (int v = 1; v < kParts; ++v) {
      const Vector other = hn::Load(d, best[row] + v * kLanes);
      low = hn::Max(hn::Max(low, hn::Load(d, second[row] + v * kLanes)), hn::Min(high, other));
      high = hn::Max(high, other);
    }
    const Vector greatest = hn::MaxOfLanes(d, high);
    row_best = hn::GetLane(greatest);
    const auto found = hn::FindFirstTrue(d, hn::Eq(high, greatest));
    auto at = found < 0 ? 0 : found;  // none is equal where a score is not a number
    const Vector others = hn::IfThenElse(hn::Eq(hn::Iota(d, 0.0F), hn::Set(d, static_cast<float>(at))), low, high);
    row_second = hn::GetLane(hn::MaxOfLanes(d, others));
    while (at + kLanes < kPanel && best[row][at] != row_best) at += kLanes;
    lane = panel[row][at] * static_cast<std::int32_t>(kPanel) + static_cast<std::int32_t>(at);
  }
};

// Asks for the lines of rows that are needed next, a few at a time.
class Prefetcher {
 public:
  // All of them by the time that `calls` calls of some() have been made.
  Prefetcher(const Ahead& ahead, Index cols, Index calls)
      : ahead_(ahead), cols_(cols), lines_((ahead.count * ((cols + kLine - 1) / kLine + 1) + calls - 1) / calls) {}
  HWY_INLINE void some() {
    for (Index line = 0; line < lines_ && row_ < ahead_.count; ++line) {
      __builtin_prefetch(ahead_.rows[row_] + col_, 0, 2);  // to the cache of the second level
      if ((col_ += kLine) >= cols_) col_ = 0, ++row_;
    }
  }

 private:
  Ahead ahead_;
  Index cols_, lines_, row_ = 0, col_ = 0;
};

// At most kBlockRows rows. Span by span, so that a span of the panels stays in the cache of the first level while the
// rows go by: from that of the second it would not come as fast as it is used.
template <int kPanels>
HWY_INLINE void take_panels(const float* const* rows, Index count, const Panels& panels, Index first, LaneBest& lanes,
                            Prefetcher& ahead) {
  using Of = Tile<kTileRows, kPanels>;
  alignas(64) float sums[kBlockRows / kTileRows * Of::kFloats];
  const Index spans = (panels.cols + kSpan - 1) / kSpan;
  for (Index span = 0; span < spans; ++span) {
    const Index from = panels.cols * span / spans, to = panels.cols * (span + 1) / spans;
    float* here = sums;
    for (Index row = 0; row < count; row += kTileRows, here += Of::kFloats) {
      Of tile;
      if (span == 0) tile.start(panels, first);
      else tile.clear();
      tile.add(rows + row, panels, first, from, to);
      ahead.some();
      if (span > 0) tile.add(here);
      if (span + 1 < spans) {
        tile.save(here);
        continue;
      }
#pragma GCC unroll 16
      for (int r = 0; r < kTileRows; ++r) lanes.take(tile, r, row + r, first);
    }
  }
}

void top2(const float* const* rows, Index count, const Panels& panels, Index first, Index last, const Best& out,
          const Ahead& ahead) {
  if (row_lanes_pay(panels, first, last)) return kRowLanes.top2(rows, count, panels, first, last, out, ahead);
  LaneBest lanes;
  for (Index from = 0; from < count; from += kBlockRows) {
    const Index block = std::min(kBlockRows, count - from), next = from + block;
    const Index tiles = (block + kTileRows - 1) / kTileRows;
    const float* all[kBlockRows];  // the last tile is filled up with the last row
    for (Index r = 0; r < tiles * kTileRows; ++r) all[r] = rows[from + std::min(r, block - 1)];
    lanes.clear(tiles * kTileRows);
    const Ahead then = next < count && !ahead.in_cache ? Ahead{rows + next, std::min(kBlockRows, count - next)} : ahead;
    Prefetcher prefetcher(
        then, panels.cols,
        tiles * ((last - first + kTilePanels - 1) / kTilePanels) * ((panels.cols + kSpan - 1) / kSpan));
    for (Index panel = first; panel < last;) {
      const Index left = last - panel;
      if constexpr (kTilePanels >= 3) {
        if (left >= 3 && left != 4) {
          take_panels<3>(all, block, panels, panel, lanes, prefetcher);
          panel += 3;
          continue;
        }
        if (left >= 2) {  // 4 are better cut 2 + 2 than 3 + 1
          take_panels<2>(all, block, panels, panel, lanes, prefetcher);
          panel += 2;
          continue;
        }
      }
      take_panels<1>(all, block, panels, panel, lanes, prefetcher);
      panel += 1;
    }
    for (Index r = 0; r < block; ++r) lanes.finish(r, out.best[from + r], out.second[from + r], out.lane[from + r]);
  }
}

void all_scores(const float* const* rows, Index count, const Panels& panels, float* out) {
  for (Index panel = 0; panel < panels.count; ++panel)
    each_tile<kTileRows, 1>(rows, count, panels, panel, [&](const auto& tile, Index row, Index here) HWY_ATTR {
      const Floats d;
#pragma GCC unroll 16
      for (int r = 0; r < kTileRows; ++r)
        if (r < here)
#pragma GCC unroll 16
          for (int v = 0; v < kParts; ++v)
            hn::StoreU(tile.score[r][0][v], d, out + ((row + r) * panels.count + panel) * kPanel + v * kLanes);
    });
}

void lanes_above(const float* const* rows, Index count, const Panels& panels, Index panel, const float* floor,
                 std::uint16_t* lanes, float* best_below) {
  if (row_lanes_pay(panels, panel, panel + 1))
    return kRowLanes.lanes_above(rows, count, panels, panel, floor, lanes, best_below);
  each_tile<kTileRows, 1>(rows, count, panels, panel, [&](const auto& tile, Index row, Index here) HWY_ATTR {
    const Floats d;
#pragma GCC unroll 16
    for (int r = 0; r < kTileRows; ++r) {
      if (r >= here) continue;
      const Vector least = hn::Set(d, floor[row + r]);
      Vector below = hn::Set(d, kLowest);
      unsigned bits = 0;
#pragma GCC unroll 16
      for (int v = 0; v < kParts; ++v) {
        const auto above = hn::Ge(tile.score[r][0][v], least);
        bits |= bits_of(above) << (v * kLanes);
        below = hn::Max(below, hn::IfThenElse(above, hn::Set(d, kLowest), tile.score[r][0][v]));
      }
      lanes[row + r] = static_cast<std::uint16_t>(bits);
      best_below[row + r] = hn::GetLane(hn::MaxOfLanes(d, below));
    }
  });
}

void top2_of_panel(const float* const* rows, Index count, const Panels& panels, Index panel, const float* floor,
                   const Best& out) {
  if (row_lanes_pay(panels, panel, panel + 1)) return kRowLanes.top2(rows, count, panels, panel, panel + 1, out, {});
  each_tile<kTileRows, 1>(rows, count, panels, panel, [&](const auto& tile, Index row, Index here) HWY_ATTR {
#pragma GCC unroll 16
    for (int r = 0; r < kTileRows; ++r)
      if (r < here)
        tile.reduce_one(r, panel, floor[row + r], out.best[row + r], out.second[row + r], out.lane[row + r]);
  });
}

void scores(const float* row, const Panels& panels, Index panel, float* out) {
  const Floats d;
  Tile<1, 1> tile;
  tile.compute(&row, panels, panel);
#pragma GCC unroll 16
  for (int v = 0; v < kParts; ++v) hn::StoreU(tile.score[0][0][v], d, out + v * kLanes);
}

// Four rows at once, so that the additions of one hide behind those of the others.
template <typename Scalar>
HWY_INLINE void dots_with(const Scalar* const* rows, const float* const* others, Index count, Index cols, float* out) {
  constexpr Index kAtOnce = 4, kAhead = 8, kOfLine = 64 / sizeof(Scalar);
  constexpr int kBeside = std::max(2, static_cast<int>(kSums) / kLanes);
  for (Index i = 0; i < count; i += kAtOnce) {
    const Scalar* x[kAtOnce];
    const float* y[kAtOnce];
    for (Index r = 0; r < kAtOnce; ++r) {
      x[r] = rows[std::min(i + r, count - 1)];
      y[r] = others[std::min(i + r, count - 1)];
      if (i + r + kAhead < count)  // rows lie anywhere: the first lines are asked for, the rest the hardware guesses
        for (Index j = 0; j < std::min(cols, 4 * kOfLine); j += kOfLine) hwy::Prefetch(rows[i + r + kAhead] + j);
    }
    Vector sums[kAtOnce][kBeside];
    for (auto& of_row : sums)
      for (Vector& sum : of_row) sum = hn::Zero(Floats());
    Index j = 0;
    for (; j + kBeside * kLanes <= cols; j += kBeside * kLanes)
#pragma GCC unroll 4
      for (int r = 0; r < kAtOnce; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < kBeside; ++v)
          sums[r][v] = hn::MulAdd(load(x[r] + j + v * kLanes), load(y[r] + j + v * kLanes), sums[r][v]);
    for (; j + kLanes <= cols; j += kLanes)
#pragma GCC unroll 4
      for (int r = 0; r < kAtOnce; ++r) sums[r][0] = hn::MulAdd(load(x[r] + j), load(y[r] + j), sums[r][0]);
    for (Index r = 0; r < std::min(kAtOnce, count - i); ++r) {
      float rest = 0;
      for (Index c = j; c < cols; ++c) rest += static_cast<float>(x[r][c]) * y[r][c];
      for (int v = 1; v < kBeside; ++v) sums[r][0] = hn::Add(sums[r][0], sums[r][v]);
      out[i + r] = rest + hn::GetLane(hn::SumOfLanes(Floats(), sums[r][0]));
    }
  }
}

void dots(const float* const* rows, const float* const* others, Index count, Index cols, float* out) {
  dots_with(rows, others, count, cols, out);
}
void dots_uint8(const std::uint8_t* const* rows, const float* const* others, Index count, Index cols, float* out) {
  dots_with(rows, others, count, cols, out);
}

}  // namespace

extern const Screen kScreen;
const Screen kScreen = {&pack_float64, &pack_float32, &widen_uint8, &squared_norms, &top2_of_panel, &top2,
                        &scores,       &all_scores,   &lanes_above, &dots,          &dots_uint8};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {

const Screen& screen(Isa isa) { return SHOAL_DISPATCH(isa, kScreen); }

}  // namespace shoal::kernels
#endif
