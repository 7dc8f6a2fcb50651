#include "machine.h"

#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace shoal::benchmarks {
namespace {

#define SHOAL_INLINE [[gnu::always_inline]] inline

enum class Isa { kBaseline, kAvx2, kAvx512 };

Isa best_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return Isa::kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::kAvx2;
#endif
  return Isa::kBaseline;
}

// Chains that do not wait for each other: two units with a latency of up to five need ten. More than the registers
// hold, less the two operands, would measure the stack.
constexpr int kChains = 12;
constexpr int kChainsAvx512 = 24;

// Spelled out: GCC drops vector_size where the size depends on a template's parameter.
struct Bytes16 {
  using Floats = float __attribute__((vector_size(16)));
  using Words = std::int64_t __attribute__((vector_size(16), may_alias));
};
struct Bytes32 {
  using Floats = float __attribute__((vector_size(32)));
  using Words = std::int64_t __attribute__((vector_size(32), may_alias));
};
struct Bytes64 {
  using Floats = float __attribute__((vector_size(64)));
  using Words = std::int64_t __attribute__((vector_size(64), may_alias));
};

// acc ← acc·a + b, which tends to b/(1 − a): neither infinite nor denormal.
template <typename Vectors, int kCount>
SHOAL_INLINE float multiply_add(std::int64_t times, float a, float b) {
  using Floats = typename Vectors::Floats;
  const Floats factor = a - Floats{}, term = b - Floats{};
  Floats acc[kCount];
  for (int c = 0; c < kCount; ++c) acc[c] = term * static_cast<float>(c);
  for (std::int64_t i = 0; i < times; ++i) {
#pragma GCC unroll 32
    for (int c = 0; c < kCount; ++c) acc[c] = acc[c] * factor + term;
  }
  float sum = 0;
  for (int c = 0; c < kCount; ++c) sum += acc[c][0];
  return sum;
}

template <typename Vectors>
SHOAL_INLINE std::int64_t sum_words(const char* from, const char* to) {
  using Words = typename Vectors::Words;
  constexpr int kCount = 8;
  Words acc[kCount] = {};
  for (; from + kCount * sizeof(Words) <= to; from += kCount * sizeof(Words)) {
#pragma GCC unroll 8
    for (int c = 0; c < kCount; ++c) acc[c] += reinterpret_cast<const Words*>(from)[c];
  }
  std::int64_t sum = 0;
  for (int c = 0; c < kCount; ++c) sum += acc[c][0];
  return sum;
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] float multiply_add_avx512(std::int64_t times, float a, float b) {
  return multiply_add<Bytes64, kChainsAvx512>(times, a, b);
}
[[gnu::target("avx2,fma")]] float multiply_add_avx2(std::int64_t times, float a, float b) {
  return multiply_add<Bytes32, kChains>(times, a, b);
}
[[gnu::target("avx512f")]] std::int64_t sum_words_avx512(const char* from, const char* to) {
  return sum_words<Bytes64>(from, to);
}
[[gnu::target("avx2")]] std::int64_t sum_words_avx2(const char* from, const char* to) {
  return sum_words<Bytes32>(from, to);
}
#endif
float multiply_add_baseline(std::int64_t times, float a, float b) {
  return multiply_add<Bytes16, kChains>(times, a, b);
}
std::int64_t sum_words_baseline(const char* from, const char* to) { return sum_words<Bytes16>(from, to); }

struct Loops {
  float (*multiply_add)(std::int64_t, float, float);
  std::int64_t (*sum_words)(const char*, const char*);
  int flop;  // of one turn of multiply_add
};

Loops loops() {
#if defined(__x86_64__)
  if (best_isa() == Isa::kAvx512) return {&multiply_add_avx512, &sum_words_avx512, 2 * kChainsAvx512 * 16};
  if (best_isa() == Isa::kAvx2) return {&multiply_add_avx2, &sum_words_avx2, 2 * kChains * 8};
#endif
  return {&multiply_add_baseline, &sum_words_baseline, 2 * kChains * 4};
}

// The least seconds of five rounds in which all threads do their part at the same time.
double least_seconds(int threads, const std::function<void(int)>& part) {
  using Clock = std::chrono::steady_clock;
  double least = 1e300;
  for (int round = 0; round < 5; ++round) {
    std::barrier start(threads);
    std::vector<std::thread> others;
    for (int t = 1; t < threads; ++t)
      others.emplace_back([&, t] {
        start.arrive_and_wait();
        part(t);
      });
    start.arrive_and_wait();
    const auto begin = Clock::now();
    part(0);
    for (std::thread& other : others) other.join();
    least = std::min(least, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return least;
}

volatile double nobody_reads;  // keeps the loops from being left out

}  // namespace

double measure_flop_per_s(int threads) {
  const Loops run = loops();
  constexpr std::int64_t kTimes = std::int64_t{1} << 24;
  const double seconds = least_seconds(threads, [&](int) { nobody_reads = run.multiply_add(kTimes, 0.999F, 0.001F); });
  return static_cast<double>(threads) * static_cast<double>(kTimes) * run.flop / seconds;
}

Peak measure_peak(int threads) {
  const Loops run = loops();
  const std::vector<char> area(streamed_bytes(), 1);
  const std::size_t share = area.size() / static_cast<std::size_t>(threads) / 4096 * 4096;
  const double reading = least_seconds(threads, [&](int t) {
    const char* from = area.data() + static_cast<std::size_t>(t) * share;
    nobody_reads = static_cast<double>(run.sum_words(from, from + share));
  });
  return {.flop_per_s = measure_flop_per_s(threads),
          .byte_per_s = static_cast<double>(threads) * static_cast<double>(share) / reading};
}

const char* instruction_set() {
  switch (best_isa()) {
    case Isa::kAvx512: return "AVX-512";
    case Isa::kAvx2: return "AVX2";
    case Isa::kBaseline: break;
  }
  return "baseline";
}

std::size_t streamed_bytes() {
  const long last_cache = sysconf(_SC_LEVEL3_CACHE_SIZE);  // 0 or −1 where the system does not say
  return std::max<std::size_t>(std::size_t{256} << 20, 5 * static_cast<std::size_t>(std::max(last_cache, 0L)));
}

}  // namespace shoal::benchmarks
