// shoal/random.h: counter-based random streams and our own distributions on them.
//
// A stream is a pure function of its key: the i-th number is Philox4x32-10(key, i). So streams for different purposes,
// nodes and blocks of rows never touch each other, and a result does not depend on the number of threads. The standard
// library's distributions differ between implementations; these do not.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#ifndef SHOAL_RANDOM_H_
#define SHOAL_RANDOM_H_

#include <array>
#include <cstdint>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace [[gnu::visibility("hidden")]] shoal {

/// A stream of random numbers. Copies continue independently from the same place. One thread at a time.
class Random {
 public:
  using result_type = std::uint64_t;  ///< also a UniformRandomBitGenerator

  explicit Random(std::uint64_t key) : key_(key) {}

  /// A stream of its own for block, row or epoch `index`; the same index always gives the same stream.
  Random fork(std::uint64_t index) const { return Random(mix(key_ ^ mix(index + 0x9e3779b97f4a7c15u))); }
  /// A stream of its own for a purpose: "init", "sampler".
  Random fork(std::string_view purpose) const {
    std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
    for (const char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return Random(mix(key_ + mix(hash)));
  }

  /// 64 random bits.
  std::uint64_t operator()() {
    if (used_ == 2) refill();
    return block_[used_++];
  }
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }

  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }
  double uniform(double from, double to) { return from + (to - from) * uniform(); }

  /// Uniform in {0, …, n − 1}, without bias; n ≥ 1. Lemire, ACM TOMACS 29 (2019).
  std::int64_t below(std::int64_t n) {
    const auto range = static_cast<std::uint64_t>(n);
    UInt128 product = static_cast<UInt128>((*this)()) * range;
    if (static_cast<std::uint64_t>(product) < range) {
      const std::uint64_t threshold = (0 - range) % range;
      while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<UInt128>((*this)()) * range;
    }
    return static_cast<std::int64_t>(product >> 64);
  }

  /// Normal with mean 0 and standard deviation 1. Box and Muller, both numbers used.
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    // std::sqrt, std::log … by their names in the compiler: <cmath> would be a tenth of what a small plugin compiles.
    const double radius = __builtin_sqrt(-2 * __builtin_log(1 - uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * __builtin_sin(angle);
    has_spare_ = true;
    return radius * __builtin_cos(angle);
  }

  /// Puts `values` into a random order. Fisher and Yates.
  template <typename T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[static_cast<std::size_t>(below(static_cast<std::int64_t>(i)))]);
  }

  /// 0 … n − 1 in random order.
  std::vector<std::int64_t> permutation(std::int64_t n) {
    std::vector<std::int64_t> out(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) out[static_cast<std::size_t>(i)] = i;
    shuffle(std::span(out));
    return out;
  }

 private:
  __extension__ using UInt128 = unsigned __int128;

  static constexpr std::uint64_t mix(std::uint64_t x) {  // the finalizer of SplitMix64
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  void refill() {
    std::array<std::uint32_t, 4> c = {static_cast<std::uint32_t>(counter_), static_cast<std::uint32_t>(counter_ >> 32),
                                      0, 0};
    std::array<std::uint32_t, 2> k = {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)};
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{0xD2511F53u} * c[0];
      const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * c[2];
      c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
           static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
      k[0] += 0x9E3779B9u;
      k[1] += 0xBB67AE85u;
    }
    block_ = {std::uint64_t{c[1]} << 32 | c[0], std::uint64_t{c[3]} << 32 | c[2]};
    ++counter_;
    used_ = 0;
  }

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
  std::array<std::uint64_t, 2> block_{};
  int used_ = 2;
  bool has_spare_ = false;
  double spare_ = 0;
};

}  // namespace shoal

#endif  // SHOAL_RANDOM_H_
