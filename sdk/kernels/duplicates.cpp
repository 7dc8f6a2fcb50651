#include "shoal/kernels/duplicates.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kinds.h"
#include "shoal/kernels/seeding.h"

namespace shoal::kernels {
namespace {

constexpr Index kBlock = 256;      // of rows, for one thread
constexpr std::size_t kTwice = 8;  // rows of the sample that are there twice, from which on it is worth a look

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

std::size_t bytes_of_row(const Rows& rows) { return at(rows.cols() * bytes_of(rows.dtype())); }

bool equal(const Rows& rows, Index a, Index b) {
  return std::memcmp(rows.at<char>(a), rows.at<char>(b), bytes_of_row(rows)) == 0;
}

std::uint64_t mixed(std::uint64_t h) {
  h = (h ^ (h >> 32)) * 0x9E3779B97F4A7C15U;
  return h ^ (h >> 29);
}

// Four words at a time, each with a sum of its own, so that no multiplication waits for the one before.
std::uint64_t hash_of(const char* bytes, std::size_t count) {
  constexpr std::uint64_t kOdd[] = {0x9E3779B97F4A7C15U, 0xC2B2AE3D27D4EB4FU, 0x165667B19E3779F9U, 0xD6E8FEB86659FD93U};
  std::uint64_t sums[4] = {count, 1, 2, 3};
  const auto take = [&](const char* from, std::size_t size, int s) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, size);
    sums[s] = std::rotl((sums[s] ^ word) * kOdd[s], 31);
  };
  for (; count >= 32; bytes += 32, count -= 32)
    for (int s = 0; s < 4; ++s) take(bytes + 8 * s, 8, s);
  for (int s = 0; count > 0; ++s) {
    const std::size_t size = std::min<std::size_t>(8, count);
    take(bytes, size, s);
    bytes += size;
    count -= size;
  }
  return mixed(mixed(mixed(mixed(sums[0]) + sums[1]) + sums[2]) + sums[3]);
}

// Kinds as they appear, in a table of open addresses; `same(i, first)` says whether row i is of first's kind, their
// hashes being equal.
template <typename Same>
std::optional<Kinds> collect(std::span<const std::uint64_t> hashes, Index most, Same&& same) {
  const std::size_t places = std::bit_ceil(2 * std::min(hashes.size(), at(most) + 1) + 2);
  std::vector<std::int32_t> table(places, -1);
  Kinds out;
  out.kind_of_row.resize(hashes.size());
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::size_t place = hashes[i] & (places - 1);
    for (; table[place] >= 0; place = (place + 1) & (places - 1)) {
      const Index first = out.rows[at(table[place])];
      if (hashes[at(first)] == hashes[i] && same(static_cast<Index>(i), first)) break;
    }
    if (table[place] < 0) {
      if (static_cast<Index>(out.rows.size()) == most) return std::nullopt;
      table[place] = static_cast<std::int32_t>(out.rows.size());
      out.rows.push_back(static_cast<Index>(i));
    }
    out.kind_of_row[i] = table[place];
  }
  return out;
}

}  // namespace

std::optional<Kinds> find_kinds(const Context& context, const Rows& rows, std::span<const std::uint64_t> hashes,
                                Index most) {
  // Rows of one hash are taken as equal, and compared by all threads afterwards; that one is not is rare.
  std::optional<Kinds> out = collect(hashes, most, [](Index, Index) { return true; });
  if (!out) return out;  // different hashes are different rows
  std::atomic<bool> right{true};
  context.parallel_for(rows.rows(), kBlock, [&](Index from, Index to) {
    for (Index i = from; i < to && right; ++i)
      if (const Index first = out->rows[at(out->kind_of_row[at(i)])]; first != i && !equal(rows, i, first))
        right = false;
  });
  if (right) return out;
  return collect(hashes, most, [&](Index i, Index first) { return equal(rows, i, first); });
}

std::optional<DistinctRows> find_distinct_rows(const Context& context, ConstArray features, Index most) {
  const Rows rows(features);
  require(rows.rows() <= std::numeric_limits<std::int32_t>::max(),
          "equal rows are looked for among fewer than 2^31 rows, but there are {}", rows.rows());
  std::vector<std::uint64_t> hashes(at(rows.rows()));
  context.parallel_for(rows.rows(), kBlock, [&](Index from, Index to) {
    for (Index i = from; i < to; ++i) hashes[at(i)] = hash_of(rows.at<char>(i), bytes_of_row(rows));
  });
  std::optional<Kinds> kinds = find_kinds(context, rows, hashes, most);
  if (!kinds) return std::nullopt;
  return DistinctRows{gather(context, features, kinds->rows), std::move(kinds->kind_of_row)};
}

bool seem_repeated(ConstArray features) {
  const Rows rows(features);
  // A fixed stream: which rows are looked at decides on speed alone.
  Random random(0);
  std::vector<Index> sample(at(std::min(rows.rows(), static_cast<Index>(8 * std::sqrt(rows.rows())))));
  for (Index& row : sample) row = random.below(rows.rows());
  std::sort(sample.begin(), sample.end());
  sample.erase(std::unique(sample.begin(), sample.end()), sample.end());
  std::vector<std::uint64_t> hashes;
  for (const Index row : sample) hashes.push_back(hash_of(rows.at<char>(row), bytes_of_row(rows)));
  std::sort(hashes.begin(), hashes.end());
  const auto different = static_cast<std::size_t>(std::unique(hashes.begin(), hashes.end()) - hashes.begin());
  return hashes.size() - different >= kTwice;
}

}  // namespace shoal::kernels
