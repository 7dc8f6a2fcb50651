#include "screen.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/screen.cpp"
#include "kernels/targets.h"

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kPanel>;
using Vector = hn::Vec<Floats>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Floats()));
constexpr int kParts = static_cast<int>(kPanel) / kLanes;  // vectors in a panel
constexpr float kLowest = -std::numeric_limits<float>::infinity();

// Rows and panels in a tile, as many as the registers hold with the panels' values and one row's beside them.
#if HWY_TARGET == HWY_AVX3
constexpr int kTileRows = 8, kTilePanels = 3, kTallRows = 16;
#elif HWY_TARGET == HWY_AVX2
constexpr int kTileRows = 6, kTilePanels = 1, kTallRows = 6;
#elif HWY_TARGET == HWY_NEON
constexpr int kTileRows = 6, kTilePanels = 1, kTallRows = 6;
#else
constexpr int kTileRows = 3, kTilePanels = 1, kTallRows = 3;
#endif

// Σ of `value(v, j)` over the columns, v the place of a vector, j that of a single number.
template <typename Of, typename OfOne>
HWY_INLINE float sum_over(Index cols, Of&& of, OfOne&& of_one) {
  const Floats d;
  Vector sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  Index j = 0;
  for (; j + 4 * kLanes <= cols; j += 4 * kLanes)
    for (int s = 0; s < 4; ++s) sums[s] = of(j + s * kLanes, sums[s]);
  for (; j + kLanes <= cols; j += kLanes) sums[0] = of(j, sums[0]);
  float rest = 0;
  for (; j < cols; ++j) rest += of_one(j);
  return rest + hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]))));
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

float squared_norm(const float* x, const float* shift, Index cols) {
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

// Scores of kRows rows with kPanels panels, in registers: lanes are centroids, each number of a row is broadcast.
template <int kRows, int kPanels>
struct Tile {
  Vector score[kRows][kPanels][kParts];

  HWY_INLINE void compute(const float* const* rows, const Panels& panels, Index first) {
    const Floats d;
    const float* values = panels.values + first * panels.cols * kPanel;
    const Index apart = panels.cols * kPanel;
    const float* x[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) x[r] = rows[r];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
#pragma GCC unroll 16
        for (int v = 0; v < kParts; ++v)
          score[r][p][v] = hn::LoadU(d, panels.bias + (first + p) * kPanel + v * kLanes);
    for (Index j = 0; j < panels.cols; ++j, values += kPanel) {
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

  // Merges row r's panels into the best two and the lane.
  HWY_INLINE void reduce(int r, Index first, float& best, float& second, std::int32_t& lane) const {
    const Floats d;
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) {
      Vector high = score[r][p][0], low = hn::Set(d, kLowest);
#pragma GCC unroll 16
      for (int v = 1; v < kParts; ++v) {
        low = hn::Max(low, hn::Min(high, score[r][p][v]));
        high = hn::Max(high, score[r][p][v]);
      }
      const Vector greatest = hn::MaxOfLanes(d, high);
      const float here = hn::GetLane(greatest);
      if (!(here > second)) continue;  // the usual case where there are many panels
      const auto found = hn::FindFirstTrue(d, hn::Eq(high, greatest));
      const auto at = found < 0 ? 0 : found;  // none is equal where a score is not a number
      const Vector others =
          hn::IfThenElse(hn::Eq(hn::Iota(d, 0.0F), hn::Set(d, static_cast<float>(at))), low, hn::Max(high, low));
      const float next = hn::GetLane(hn::MaxOfLanes(d, others));
      if (here > best) {
        std::int32_t place = static_cast<std::int32_t>(at);
#pragma GCC unroll 16
        for (int v = kParts - 1; v >= 0; --v)
          if (hn::FindFirstTrue(d, hn::Eq(score[r][p][v], greatest)) == at)
            place = static_cast<std::int32_t>(at) + v * kLanes;
        second = std::max(best, next);
        best = here;
        lane = static_cast<std::int32_t>(first + p) * static_cast<std::int32_t>(kPanel) + place;
      } else {
        second = here;
      }
    }
  }
};

template <int kRows, int kPanels>
HWY_INLINE void top2_of_panels(const float* const* rows, Index count, const Panels& panels, Index first,
                               const Best& out) {
  Index row = 0;
  for (; row + kRows <= count; row += kRows) {
    Tile<kRows, kPanels> tile;
    tile.compute(rows + row, panels, first);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r)
      tile.reduce(r, first, out.best[row + r], out.second[row + r], out.lane[row + r]);
  }
  if (row == count) return;
  const float* last[kRows];
  for (int r = 0; r < kRows; ++r) last[r] = rows[std::min<Index>(row + r, count - 1)];
  Tile<kRows, kPanels> tile;
  tile.compute(last, panels, first);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
    if (row + r < count) tile.reduce(r, first, out.best[row + r], out.second[row + r], out.lane[row + r]);
}

// Rows that are screened against all panels before the next ones are: they stay in the cache of the second level.
constexpr Index kBlockRows = 96;

void top2(const float* const* rows, Index count, const Panels& panels, Index first, Index last, const Best& out) {
  std::fill_n(out.best, count, kLowest);
  std::fill_n(out.second, count, kLowest);
  std::fill_n(out.lane, count, static_cast<std::int32_t>(first * kPanel));
  for (Index from = 0; from < count; from += kBlockRows) {
    const Index block = std::min(kBlockRows, count - from);
    const Best here = {out.best + from, out.second + from, out.lane + from};
    Index panel = first;
    while (panel < last) {
      const Index left = last - panel;
      if constexpr (kTilePanels >= 3) {
        if (left >= 3 && left != 4) {
          top2_of_panels<kTileRows, 3>(rows + from, block, panels, panel, here);
          panel += 3;
          continue;
        }
        if (left >= 2) {  // 4 are better cut 2 + 2 than 3 + 1
          top2_of_panels<kTileRows, 2>(rows + from, block, panels, panel, here);
          panel += 2;
          continue;
        }
      }
      top2_of_panels<kTallRows, 1>(rows + from, block, panels, panel, here);
      panel += 1;
    }
  }
}

void scores(const float* row, const Panels& panels, Index panel, float* out) {
  const Floats d;
  Tile<1, 1> tile;
  tile.compute(&row, panels, panel);
#pragma GCC unroll 16
  for (int v = 0; v < kParts; ++v) hn::StoreU(tile.score[0][0][v], d, out + v * kLanes);
}

void dots(const float* const* rows, const float* const* others, Index count, Index cols, float* out) {
  const Floats d;
  for (Index i = 0; i < count; ++i) {
    const float* HWY_RESTRICT x = rows[i];
    const float* HWY_RESTRICT y = others[i];
    if (i + 4 < count) {
      hwy::Prefetch(rows[i + 4]);
      hwy::Prefetch(others[i + 4]);
    }
    out[i] = sum_over(
        cols, [&](Index j, Vector sum) HWY_ATTR { return hn::MulAdd(hn::LoadU(d, x + j), hn::LoadU(d, y + j), sum); },
        [&](Index j) { return x[j] * y[j]; });
  }
}

}  // namespace

extern const Screen kScreen;
const Screen kScreen = {&pack_float64, &pack_float32, &widen_uint8, &squared_norm, &top2, &scores, &dots};

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shoal::kernels {

const Screen& screen(Isa isa) { return SHOAL_DISPATCH(isa, kScreen); }

}  // namespace shoal::kernels
#endif
