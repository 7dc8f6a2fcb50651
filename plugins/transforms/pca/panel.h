// The inner loop of gram.cpp, compiled once for every x86-64 and once for those with AVX2. Only pointers cross, and
// nothing here includes a library: an inline function compiled for AVX2 must not replace its baseline twin.
#ifndef SHOAL_PLUGINS_TRANSFORMS_PCA_PANEL_H_
#define SHOAL_PLUGINS_TRANSFORMS_PCA_PANEL_H_

namespace panel {

constexpr long kGroup = 2048;  // rows that are packed at a time
constexpr long kChunk =
    128;  // rows whose products are summed before they go to double: two panels of them fit into 32 KiB

/// Columns of a panel: three vectors of 32 bytes.
template <typename Number>
constexpr long kWidth = 96 / long{sizeof(Number)};

/// Adds to `out`, (panels · width)² row-major, the products of panel `p` with itself and with those to its right, over
/// `rows` ≤ kGroup rows. `packed` [panel][kGroup rows][width], 32-byte aligned.
void add_avx2(const float* packed, long rows, long panels, long p, double* out);
void add_avx2(const double* packed, long rows, long panels, long p, double* out);
void add_baseline(const float* packed, long rows, long panels, long p, double* out);
void add_baseline(const double* packed, long rows, long panels, long p, double* out);

}  // namespace panel

#endif  // SHOAL_PLUGINS_TRANSFORMS_PCA_PANEL_H_
