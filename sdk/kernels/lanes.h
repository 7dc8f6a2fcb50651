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

// As many numbers as a vector has lanes, as float32: floats, or bytes or 16-bit numbers that become such.
HWY_INLINE Vector load(const float* x) { return hn::LoadU(Floats(), x); }
template <typename Whole>
HWY_INLINE Vector load(const Whole* x) {
  const hn::RebindToSigned<Floats> whole;
  return hn::ConvertTo(Floats(), hn::PromoteTo(whole, hn::LoadU(hn::Rebind<Whole, Floats>(), x)));
}

// Bit i is whether lane i of the mask is set.
template <typename Mask>
HWY_INLINE unsigned bits_of(Mask mask) {
  std::uint8_t bytes[8];
  hn::StoreMaskBits(Floats(), mask, bytes);
  unsigned bits = bytes[0];
  if constexpr (kLanes > 8) bits |= static_cast<unsigned>(bytes[1]) << 8;
  return bits & ((1U << kLanes) - 1);
}

// Of each byte the places of the bits that are set, the lowest first.
struct PlacesOfBits {
  std::uint8_t of[256][8] = {};
  constexpr PlacesOfBits() {
    for (unsigned bits = 0; bits < 256; ++bits)
      for (unsigned place = 0, found = 0; place < 8; ++place)
        if ((bits >> place & 1) != 0) of[bits][found++] = static_cast<std::uint8_t>(place);
  }
};
constexpr PlacesOfBits kPlacesOfBits;

// Appends the places of the bits that are set, counted from `from`, to a list of `found` ≤ from. The list has room for
// kLanes past `from`: what is written there and not counted means nothing.
HWY_INLINE void append(unsigned bits, Index from, std::int32_t* list, Index& found) {
  const hn::CappedTag<std::int32_t, std::min(kLanes, 8)> whole;
  const hn::Rebind<std::uint8_t, decltype(whole)> bytes;
  for (int part = 0; part < kLanes; part += 8) {
    const unsigned here = bits >> part & 255;
    const auto places = hn::LoadU(bytes, kPlacesOfBits.of[here]);
    const auto first = hn::Set(whole, static_cast<std::int32_t>(from) + part);
    hn::StoreU(hn::Add(hn::PromoteTo(whole, places), first), whole, list + found);
    found += __builtin_popcount(here);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace shoal
HWY_AFTER_NAMESPACE();

#endif
