// Which instructions this processor has, asked once a pass. Internal to Shoal::kernels.
//
// A kernel is written once, with Highway's vectors; targets.h says for which instruction sets it is compiled, and each
// such file ends with a function that takes an Isa and gives that set's table of functions.
#ifndef SHOAL_KERNELS_ISA_H_
#define SHOAL_KERNELS_ISA_H_

#include <string_view>
#include <vector>

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

enum class Isa { kPortable, kSse4, kAvx2, kAvx512, kNeon };

std::string_view name(Isa isa);

/// All that this processor can run, the plainest first; never empty.
std::vector<Isa> supported_isas();

/// The last of them, or the one that $SHOAL_ISA names (portable, sse4, avx2, avx512, neon), which changes speed alone.
/// Throws InputError  this processor cannot run that one
Isa best_isa();

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_ISA_H_
