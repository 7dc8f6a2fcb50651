#include "isa.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "shoal/error.h"

namespace shoal::kernels {

std::string_view name(Isa isa) {
  switch (isa) {
    case Isa::kSse4: return "sse4";
    case Isa::kAvx2: return "avx2";
    case Isa::kAvx512: return "avx512";
    case Isa::kNeon: return "neon";
    default: return "portable";
  }
}

std::vector<Isa> supported_isas() {
  std::vector<Isa> out = {Isa::kPortable};
#if defined(__x86_64__)
  __builtin_cpu_init();
  // What Highway lets the compiler use for each of its targets.
  const bool sse4 =
      __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes");
  const bool avx2 = sse4 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  if (sse4) out.push_back(Isa::kSse4);
  if (avx2) out.push_back(Isa::kAvx2);
  if (avx512) out.push_back(Isa::kAvx512);
#elif defined(__aarch64__)
  out = {Isa::kNeon};
#endif
  return out;
}

Isa best_isa() {
  static const Isa best = [] {
    const std::vector<Isa> all = supported_isas();
    const char* asked = std::getenv("SHOAL_ISA");
    if (asked == nullptr || *asked == '\0') return all.back();
    std::string known;
    for (const Isa isa : all) {
      if (name(isa) == asked) return isa;
      known += (known.empty() ? "" : ", ") + std::string(name(isa));
    }
    throw InputError(text("SHOAL_ISA is '{}', but this processor runs {}", asked, known));
  }();
  return best;
}

}  // namespace shoal::kernels
