// The inner loops of mixture.cpp, compiled once for every x86-64 and once for those with AVX2. Only pointers cross, and
// nothing here includes a library: an inline function compiled for AVX2 must not replace its baseline twin.
#ifndef SHOAL_PLUGINS_GMM_DISTANCE_H_
#define SHOAL_PLUGINS_GMM_DISTANCE_H_

namespace distance {

constexpr long kLanes = 12;  // examples of a panel: three vectors of 32 bytes
constexpr long kGroup = 4;   // rows of L⁻¹ at a time; with kLanes they just fit into the 16 registers of AVX2

struct Loops {
  /// squares[lane] += Σ_r (Σ_i factor[i][r] · panel[i][lane])², r < kGroup, i < count; 32-byte aligned panels.
  void (*add_group)(const double* factor, const double* panel, long count, double* squares);
  /// squares[lane] += Σ_i (panel[i][lane] − mean[i])² · precision[i], i < count.
  void (*add_diagonal)(const double* panel, const double* mean, const double* precision, long count, double* squares);
};
extern const Loops kAvx2, kBaseline;

}  // namespace distance

#endif  // SHOAL_PLUGINS_GMM_DISTANCE_H_
