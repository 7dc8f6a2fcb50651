#include "screen.h"

#include <limits>

namespace shoal::kernels {
namespace {

#define SHOAL_INLINE [[gnu::always_inline]] inline

// Spelled out: GCC drops vector_size beside may_alias where the size depends on a template's parameter.
template <int kLanes>
struct Of;
template <>
struct Of<4> {
  using Floats = float __attribute__((vector_size(16), may_alias));
  using Ints = std::int32_t __attribute__((vector_size(16), may_alias));
};
template <>
struct Of<8> {
  using Floats = float __attribute__((vector_size(32), may_alias));
  using Ints = std::int32_t __attribute__((vector_size(32), may_alias));
};
template <>
struct Of<16> {
  using Floats = float __attribute__((vector_size(64), may_alias));
  using Ints = std::int32_t __attribute__((vector_size(64), may_alias));
};

template <typename Scalar>
SHOAL_INLINE float pack(const Scalar* __restrict x, const double* __restrict mean, double scale, Index cols,
                        float* __restrict out) {
  for (Index j = 0; j < cols; ++j) out[j] = static_cast<float>((static_cast<double>(x[j]) - mean[j]) * scale);
  float sums[16] = {};
  Index j = 0;
  for (; j + 16 <= cols; j += 16)
    for (int lane = 0; lane < 16; ++lane) sums[lane] += out[j + lane] * out[j + lane];
  for (; j < cols; ++j) sums[0] += out[j] * out[j];
  float sum = 0;
  for (const float s : sums) sum += s;
  return sum;
}

// Scores of kRows rows with kPanels panels, in registers: lanes are centroids, each x is broadcast.
template <int kLanes, int kRows, int kPanels>
struct Tile {
  using Floats = typename Of<kLanes>::Floats;
  using Ints = typename Of<kLanes>::Ints;
  static constexpr int kParts = static_cast<int>(kPanel) / kLanes;  // vectors in a panel
  Floats score[kRows][kPanels][kParts];

  SHOAL_INLINE void compute(const float* x, const Panels& panels, Index first) {
    const float* values = panels.values + first * panels.cols * kPanel;
    const Index apart = panels.cols * kPanel;
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
#pragma GCC unroll 4
        for (int v = 0; v < kParts; ++v)
          score[r][p][v] = *reinterpret_cast<const Floats*>(panels.bias + (first + p) * kPanel + v * kLanes);
    for (Index j = 0; j < panels.cols; ++j, values += kPanel) {
      Floats c[kPanels][kParts];
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p)
#pragma GCC unroll 4
        for (int v = 0; v < kParts; ++v) c[p][v] = *reinterpret_cast<const Floats*>(values + p * apart + v * kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const float xj = x[r * panels.cols + j];
#pragma GCC unroll 4
        for (int p = 0; p < kPanels; ++p)
#pragma GCC unroll 4
          for (int v = 0; v < kParts; ++v) score[r][p][v] += c[p][v] * xj;
      }
    }
  }

  SHOAL_INLINE void keep_best(Best& out, Index row, Index first) const {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kParts; ++v) {
        const Index at = (row + r) * kPanel + v * kLanes;
        Floats best = *reinterpret_cast<const Floats*>(out.best + at);
        Floats second = *reinterpret_cast<const Floats*>(out.second + at);
        Ints panel = *reinterpret_cast<const Ints*>(out.panel + at);
#pragma GCC unroll 4
        for (int p = 0; p < kPanels; ++p) {
          const Floats s = score[r][p][v];
          const Floats lower = s < best ? s : best;
          second = lower > second ? lower : second;
          panel = s > best ? Ints{} + static_cast<std::int32_t>(first + p) : panel;
          best = s > best ? s : best;
        }
        *reinterpret_cast<Floats*>(out.best + at) = best;
        *reinterpret_cast<Floats*>(out.second + at) = second;
        *reinterpret_cast<Ints*>(out.panel + at) = panel;
      }
  }

  SHOAL_INLINE void store(float* out, Index first) const {
    for (int p = 0; p < kPanels; ++p)
      for (int v = 0; v < kParts; ++v)
        *reinterpret_cast<Floats*>(out + (first + p) * kPanel + v * kLanes) = score[0][p][v];
  }
};

template <int kLanes, int kRows, int kPanels>
SHOAL_INLINE void screen_panels(const float* x, Index rows, const Panels& panels, Index first, Best& best) {
  for (Index row = 0; row < rows; row += kRows) {
    Tile<kLanes, kRows, kPanels> tile;
    tile.compute(x + row * panels.cols, panels, first);
    tile.keep_best(best, row, first);
  }
}

template <int kLanes, int kPanels>
SHOAL_INLINE void score_panels(const float* x, const Panels& panels, Index first, float* out) {
  Tile<kLanes, 1, kPanels> tile;
  tile.compute(x, panels, first);
  tile.store(out, first);
}

// How many of the panels that are left go into the next tile: 4 are better cut 2 + 2 than 3 + 1.
SHOAL_INLINE Index next_panels(Index left, Index most) {
  return left == most + 1 && most == 3 ? 2 : left < most ? left : most;
}

template <int kLanes, int kRows, int kMost>
SHOAL_INLINE void screen_block(const float* x, Index rows, const Panels& panels, Best& best) {
  for (Index i = 0; i < kBlockRows * kPanel; ++i) {
    best.best[i] = best.second[i] = -std::numeric_limits<float>::infinity();
    best.panel[i] = 0;
  }
  for (Index first = 0; first < panels.count;) {
    const Index take = next_panels(panels.count - first, kMost);
    if constexpr (kMost >= 3)
      if (take == 3) screen_panels<kLanes, kRows, 3>(x, rows, panels, first, best);
    if constexpr (kMost >= 2)
      if (take == 2) screen_panels<kLanes, kRows, 2>(x, rows, panels, first, best);
    if (take == 1) screen_panels<kLanes, kRows, 1>(x, rows, panels, first, best);
    first += take;
  }
}

template <int kLanes>
SHOAL_INLINE void all_scores(const float* x, const Panels& panels, float* out) {
  Index first = 0;
  for (; first + 3 <= panels.count; first += 3) score_panels<kLanes, 3>(x, panels, first, out);
  for (; first < panels.count; ++first) score_panels<kLanes, 1>(x, panels, first, out);
}

// Tiles by the number of registers: 32 of 16 floats, 16 of 8, 16 of 4.
#define SHOAL_SCREEN(suffix, target, lanes, rows_of_tile, panels_of_tile)                                              \
  target float pack_float64_##suffix(const double* x, const double* m, double s, Index cols, float* out) {             \
    return pack(x, m, s, cols, out);                                                                                   \
  }                                                                                                                    \
  target float pack_float32_##suffix(const float* x, const double* m, double s, Index cols, float* out) {              \
    return pack(x, m, s, cols, out);                                                                                   \
  }                                                                                                                    \
  target float pack_uint8_##suffix(const std::uint8_t* x, const double* m, double s, Index cols, float* out) {         \
    return pack(x, m, s, cols, out);                                                                                   \
  }                                                                                                                    \
  target void block_##suffix(const float* x, Index rows, const Panels& panels, Best& best) {                           \
    static_assert(kBlockRows % rows_of_tile == 0);                                                                     \
    screen_block<lanes, rows_of_tile, panels_of_tile>(x, rows, panels, best);                                          \
  }                                                                                                                    \
  target void scores_##suffix(const float* x, const Panels& panels, float* out) { all_scores<lanes>(x, panels, out); } \
  constexpr Screen k_##suffix = {&pack_float64_##suffix, &pack_float32_##suffix, &pack_uint8_##suffix,                 \
                                 &block_##suffix, &scores_##suffix};

SHOAL_SCREEN(baseline, , 4, 3, 1)
#ifdef SHOAL_X86
SHOAL_SCREEN(avx2, SHOAL_AVX2, 8, 6, 1)
SHOAL_SCREEN(avx512, SHOAL_AVX512, 16, 8, 3)
#endif

}  // namespace

const Screen& screen(Isa isa) {
#ifdef SHOAL_X86
  if (isa == Isa::kAvx512) return k_avx512;
  if (isa == Isa::kAvx2) return k_avx2;
#endif
  static_cast<void>(isa);
  return k_baseline;
}

}  // namespace shoal::kernels
