// shoal/nearest_name.h: which name was meant.
#ifndef SHOAL_NEAREST_NAME_H_
#define SHOAL_NEAREST_NAME_H_

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("hidden")]] shoal {
namespace detail {

// Optimal string alignment: insert, delete, replace, swap neighbours, each at cost 1. O(|a|·|b|) time, three rows.
// Source: F. J. Damerau, "A technique for computer detection and correction of spelling errors", CACM 7 (1964) 171–176.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace detail

/// The candidate with the least Damerau–Levenshtein distance to `wanted`, if that is at most max(2, len / 3); of equals
/// the earlier one. A distance as long as the word itself (a wholly different short word) is not near.
inline std::optional<std::string> nearest_name(std::string_view wanted, std::span<const std::string> candidates) {
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = detail::edit_distance(wanted, candidate);
    if (distance < least && distance < std::max(wanted.size(), candidate.size())) {
      least = distance;
      nearest = &candidate;
    }
  }
  return nearest ? std::optional(*nearest) : std::nullopt;
}

/// "; did you mean 'k'?" to put behind a message, or "" where nothing is near.
inline std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates) {
  const std::optional<std::string> name = nearest_name(wanted, candidates);
  return name ? "; did you mean '" + *name + "'?" : "";
}

}  // namespace shoal

#endif  // SHOAL_NEAREST_NAME_H_
