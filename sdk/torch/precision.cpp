#include "shoal/torch/precision.h"

#include <ATen/autocast_mode.h>  // brings all of ATen, so in this file alone

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace shoal {

CpuFeatures cpu_features() {
  CpuFeatures out;
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  const auto bit = [](unsigned word, int i) { return (word >> i & 1) != 0; };
  // Intel's manual, volume 2, CPUID; volume 1, 13.3: what the system saves of a program, it lets it use.
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || !bit(c, 27)) return out;  // xgetbv
  unsigned saved = 0, high = 0;
  __asm__("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  const bool vectors = (saved & 0xE6) == 0xE6;  // of 128, 256 and 512 bits, and masks
  const bool tiles = bit(saved, 17) && bit(saved, 18);
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return out;
  const bool avx512 = bit(b, 16);
  out.amx_bf16 = bit(d, 22) && bit(d, 24) && tiles && avx512 && vectors;
  if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0) out.avx512_bf16 = bit(a, 5) && avx512 && vectors;
#endif
  return out;
}

Precision choose_precision(Precision asked, at::Device device, const CpuFeatures& features) {
  require(asked != Precision::kBFloat16 || device.is_cpu(),
          "precision 'bfloat16' is for the CPU, but the device is {}; take float32", device.str());
  if (asked != Precision::kAuto) return asked;
  return device.is_cpu() && (features.avx512_bf16 || features.amx_bf16) ? Precision::kBFloat16 : Precision::kFloat32;
}

Compute::Autocast::Autocast()
    : enabled_(at::autocast::is_autocast_enabled(at::kCPU)), type_(at::autocast::get_autocast_dtype(at::kCPU)) {
  at::autocast::increment_nesting();
  at::autocast::set_autocast_enabled(at::kCPU, true);
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
}

Compute::Autocast::~Autocast() {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_dtype(at::kCPU, type_);
  at::autocast::set_autocast_enabled(at::kCPU, enabled_);
}

}  // namespace shoal
