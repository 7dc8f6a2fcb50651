#ifndef SHOAL_FRAMEWORK_CONFIG_PATH_H_
#define SHOAL_FRAMEWORK_CONFIG_PATH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"

namespace shoal::config {

/// One step of a path: a key of a map, or an index (from 0) of a list.
struct Segment {
  std::string key;
  std::optional<std::size_t> index;  ///< set: a list index, and `key` is empty

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// The way to a value, the same on the command line, in a matrix, in `${path}` and in the columns of a table:
///     seg(.seg|[int])*      a segment with other characters than letters, digits, _ and - stands in '…' ('' is a
///     quote)
struct Path {
  std::vector<Segment> segments;
  Place place;  ///< where it was written

  friend bool operator==(const Path& a, const Path& b) { return a.segments == b.segments; }
};

/// Reads a path that stands at `at` (of which only the start counts); C210 with the place of the first wrong character.
std::optional<Path> parse_path(std::string_view text, const Place& at, Diagnostics& diagnostics);

/// The text that parse_path reads back equally.
std::string to_string(const Path& path);

/// shoal name description base vars plugins seed device threads run nodes matrix compare report figures, and x-…
bool is_top_level_key(std::string_view key);
const std::vector<std::string>& top_level_keys();

/// use in with like seed cache library isolate timeout
bool is_node_key(std::string_view key);
const std::vector<std::string>& node_keys();

/// The full path of a short one: kmeans.k → nodes.kmeans.with.k, kmeans.use → nodes.kmeans.use, kmeans → nodes.kmeans.
/// A path that starts with a top-level key is full already.
Path expand_short(Path path);

/// The short form of a full path, for people: nodes.kmeans.with.k → kmeans.k. expand_short undoes it.
Path shorten(Path path);

/// The value at `path`, or null.
const Value* find(const Value& root, const Path& path);
Value* find(Value& root, const Path& path);

/// Puts `value` at `path` and makes the maps on the way. A null on the way becomes a map.
/// False after C211 (a list has no such index) or C203 (a scalar or list stands where the path wants a map, or the
/// reverse).
bool set(Value& root, const Path& path, Value value, Diagnostics& diagnostics);

/// What is wrong with a full path that starts at a node which `document` does not have, as a message with the nearest
/// name; nothing where the node is there, or the path starts elsewhere. `written` is the path as typed.
std::optional<std::string> unknown_head(const Value& document, const Path& full, const Path& written);

/// Removes what is at `path`; false where there is nothing.
bool erase(Value& root, const Path& path);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_PATH_H_
