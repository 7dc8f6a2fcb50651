#include "isa.h"

namespace shoal::kernels {

std::vector<Isa> supported_isas() {
  std::vector<Isa> out = {Isa::kBaseline};
#ifdef SHOAL_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) out.push_back(Isa::kAvx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw"))
    out.push_back(Isa::kAvx512);
#endif
  return out;
}

Isa best_isa() {
  static const Isa best = supported_isas().back();
  return best;
}

}  // namespace shoal::kernels
