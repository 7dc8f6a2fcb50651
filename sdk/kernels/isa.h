// Which instructions this processor has, asked once a pass. Internal to Shoal::kernels.
//
// A kernel is written once, as a template over the vector length; each instruction set has a thin function with a
// target attribute into which the template is inlined. (target_clones would do the same, but its resolvers run before a
// sanitizer has started.)
#ifndef SHOAL_KERNELS_ISA_H_
#define SHOAL_KERNELS_ISA_H_

#include <vector>

#if defined(__x86_64__)
#define SHOAL_X86 1
#define SHOAL_AVX2 [[gnu::target("avx2,fma")]]
#define SHOAL_AVX512 [[gnu::target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]]
#endif

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

enum class Isa { kBaseline, kAvx2, kAvx512 };

/// All that this processor can run, the plainest first; never empty.
std::vector<Isa> supported_isas();

/// The last of them.
Isa best_isa();

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ISA_H_
