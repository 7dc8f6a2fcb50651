// Vectors of at most a panel's floats, and masks of them as bits, for one instruction set. Internal; a kernel file
// includes it after targets.h. No ordinary guard: it is included once for each set.
#if defined(SHOAL_KERNELS_LANES_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SHOAL_KERNELS_LANES_H_
#undef SHOAL_KERNELS_LANES_H_
#else
#define SHOAL_KERNELS_LANES_H_
#endif

#include "screen.h"

HWY_BEFORE_NAMESPACE();
namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kPanel>;
using Vector = hn::Vec<Floats>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Floats()));

// Bit i is whether lane i of the mask is set.
template <typename Mask>
HWY_INLINE unsigned bits_of(Mask mask) {
  std::uint8_t bytes[8];
  hn::StoreMaskBits(Floats(), mask, bytes);
  unsigned bits = bytes[0];
  if constexpr (kLanes > 8) bits |= static_cast<unsigned>(bytes[1]) << 8;
  return bits & ((1U << kLanes) - 1);
}

// Appends the places of the bits that are set, counted from `from`, to a list of `found`.
HWY_INLINE void append(unsigned bits, Index from, std::int32_t* list, Index& found) {
  for (; bits != 0; bits &= bits - 1) list[found++] = static_cast<std::int32_t>(from) + __builtin_ctz(bits);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#endif
