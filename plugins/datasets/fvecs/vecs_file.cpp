#include "vecs_file.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "served.h"
#include "shoal/error.h"

namespace fvecs {
namespace {

using shoal::Index;

constexpr Index kMostNumbers = 1 << 20;
constexpr Index kBlockRows = 4096, kBlocksAtOnce = 64;

Index dimension_at(std::string_view file, Index byte) {
  std::int32_t out;
  std::memcpy(&out, file.data() + byte, sizeof(out));
  return out;
}

}  // namespace

Kind kind_of(const std::string& name) {
  if (name.ends_with(".fvecs")) return Kind::kFloat;
  if (name.ends_with(".bvecs")) return Kind::kByte;
  shoal::require(name.ends_with(".ivecs"),
                 "'{}' ends in neither .fvecs, .bvecs nor .ivecs, which say what its numbers are", name);
  return Kind::kInt;
}

Index bytes_of(Kind kind) { return kind == Kind::kByte ? 1 : 4; }

Vectors read_vectors(const shoal::Context& context, std::string_view file, Kind kind, const std::string& name) {
  shoal::require(file.size() >= 4, "'{}' ends within its first number, after {} bytes", name, file.size());
  const Index dimension = dimension_at(file, 0);
  shoal::require(dimension >= 1 && dimension <= kMostNumbers,
                 "'{}' says that its first vector has {} numbers; 1 to {} are known here{}", name, dimension,
                 kMostNumbers, files::what_it_is(file));
  const Index step = 4 + dimension * bytes_of(kind);
  const auto size = static_cast<Index>(file.size());
  const Vectors out{.count = size / step, .dimension = dimension, .step = step};

  const Index blocks = (out.count + kBlockRows - 1) / kBlockRows;
  std::vector<Index> bad(static_cast<std::size_t>(blocks), -1);  // the first of each block
  for (Index from = 0; from < blocks; from += kBlocksAtOnce) {
    const Index n = std::min(kBlocksAtOnce, blocks - from);
    context.parallel_for(n, 1, [&](Index i, Index) {
      const Index first = (from + i) * kBlockRows;
      for (Index row = first; row < std::min(first + kBlockRows, out.count); ++row) {
        if (dimension_at(file, row * step) == dimension) continue;
        bad[static_cast<std::size_t>(from + i)] = row;
        return;
      }
    });
    for (Index i = from; i < from + n; ++i) {
      const Index row = bad[static_cast<std::size_t>(i)];
      shoal::require(row < 0, "'{}' has {} numbers in its first vector, but at row {} (byte {}) stands {}", name,
                     dimension, row, row * step, row < 0 ? 0 : dimension_at(file, row * step));
    }
    context.progress(std::min((from + n) * kBlockRows, out.count), out.count, "vectors");
  }
  shoal::require(size % step == 0,
                 "'{}' has {} bytes, which are {} vectors of {} numbers ({} bytes each) and {} bytes more", name, size,
                 out.count, dimension, step, size % step);
  return out;
}

}  // namespace fvecs
