// How fast this machine multiplies and reads, measured: what the speed of a kernel is held against.
#ifndef SHOAL_BENCHMARKS_MACHINE_H_
#define SHOAL_BENCHMARKS_MACHINE_H_

#include <cstddef>

namespace [[gnu::visibility("hidden")]] shoal {
namespace benchmarks {

/// What so many threads reach together, each the best of five rounds.
struct Peak {
  double flop_per_s;  ///< float32 multiply-adds in registers, two operations each
  double byte_per_s;  ///< read in order from memory, of an area that no cache holds
};

/// Takes about two seconds. On a machine that others use too it is the peak that they leave over: measure it in the
/// same process as what is held against it.
Peak measure_peak(int threads);

/// A Peak's flop_per_s alone. Takes a fifth of a second.
double measure_flop_per_s(int threads);

/// The instructions that measure_peak multiplies with: "AVX-512", "AVX2" or "baseline".
const char* instruction_set();

/// The area that measure_peak reads: more than four times the last cache, at least 256 MiB.
std::size_t streamed_bytes();

}  // namespace benchmarks
}  // namespace shoal

#endif  // SHOAL_BENCHMARKS_MACHINE_H_
