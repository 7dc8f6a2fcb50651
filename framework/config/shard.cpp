#include "framework/config/shard.h"

#include <fmt/format.h>

#include <charconv>

namespace shoal::config {

std::vector<Row> rows_of_shard(std::vector<Row> rows, const std::string& shard, Diagnostics& diagnostics) {
  const char* const end = shard.data() + shard.size();
  std::size_t index = 0, count = 0;
  const auto [slash, first] = std::from_chars(shard.data(), end, index);
  const bool parted = first == std::errc() && slash != end && *slash == '/';
  const auto [rest, second] = std::from_chars(parted ? slash + 1 : end, end, count);
  if (!parted || second != std::errc() || rest != end || index < 1 || index > count) {
    diagnostics.error("M511", {}, fmt::format("--shard wants I/N with 1 ≤ I ≤ N, got '{}'", shard));
    return {};
  }
  std::vector<Row> out;
  for (std::size_t row = index - 1; row < rows.size(); row += count) out.push_back(std::move(rows[row]));
  if (out.empty())
    diagnostics.error("M511", {}, fmt::format("no row falls to shard {}: there are {} in all", shard, rows.size()));
  return out;
}

}  // namespace shoal::config
