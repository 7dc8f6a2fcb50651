// The instruction sets that a kernel is compiled for. Internal; a kernel file begins so:
//
//   #undef HWY_TARGET_INCLUDE
//   #define HWY_TARGET_INCLUDE "kernels/this_file.cpp"
//   #include "targets.h"
//
// after which HWY_NAMESPACE is one set's namespace, and SHOAL_DISPATCH(isa, table) names one set's `table`. No guard:
// Highway includes the kernel file once for each set.
#ifndef SHOAL_KERNELS_TARGETS_H_
#define SHOAL_KERNELS_TARGETS_H_

// Left out: SSSE3 (SSE4 does for it), vectors of a length unknown to the compiler, and sets that nobody has tried.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#endif
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
// clang-format on

// Sets below the one that everything is compiled for (-march=…) do not exist.
#ifndef SHOAL_DISPATCH
#if HWY_TARGETS & HWY_AVX3
#define SHOAL_IF_AVX512(isa, table) (isa) == ::shoal::kernels::Isa::kAvx512 ? N_AVX3::table:
#else
#define SHOAL_IF_AVX512(isa, table)
#endif
#if HWY_TARGETS & HWY_AVX2
#define SHOAL_IF_AVX2(isa, table) (isa) == ::shoal::kernels::Isa::kAvx2 ? N_AVX2::table:
#else
#define SHOAL_IF_AVX2(isa, table)
#endif
#if HWY_TARGETS & HWY_SSE4
#define SHOAL_IF_SSE4(isa, table) (isa) == ::shoal::kernels::Isa::kSse4 ? N_SSE4::table:
#else
#define SHOAL_IF_SSE4(isa, table)
#endif
#define SHOAL_DISPATCH(isa, table) \
  (SHOAL_IF_AVX512(isa, table) SHOAL_IF_AVX2(isa, table) SHOAL_IF_SSE4(isa, table) HWY_STATIC_DISPATCH(table))
#endif
