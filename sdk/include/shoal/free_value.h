// shoal/free_value.h: a parameter whose shape the component does not know beforehand, as the arguments of a library
// behind it: `params: {n_init: 3, init: k-means++, shape: [2, 3]}`.
#ifndef SHOAL_FREE_VALUE_H_
#define SHOAL_FREE_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace [[gnu::visibility("hidden")]] shoal {

struct FreeValue;
struct FreeEntry;
using FreeList = std::vector<FreeValue>;  ///< a list in YAML

/// Names and what they stand for; no name twice. As a parameter it comes in the order of the names, byte by byte,
/// however the experiment writes it: the order of a map's entries never reaches a component or a node's key.
struct FreeMap {
  std::vector<FreeEntry> entries;  ///< in the order of their names

  /// Null where there is no entry of that name.
  const FreeValue* find(std::string_view name) const;
};

/// What YAML can say. Without quotes, null, true, 3 and 0.5 are what they look like and all else is text (`no`, `012`
/// and `1:30` too); in quotes everything is text.
struct FreeValue {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, FreeList, FreeMap> held;  ///< one of these

  bool is_null() const { return held.index() == 0; }  ///< nothing was given
  /// The value as a T, one of those above; null where it is another.
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(&held);
  }
};

struct FreeEntry {
  std::string name;  ///< of the entry
  FreeValue value;   ///< what it holds
};

inline const FreeValue* FreeMap::find(std::string_view name) const {
  for (const FreeEntry& entry : entries)
    if (entry.name == name) return &entry.value;
  return nullptr;
}

}  // namespace shoal

#endif  // SHOAL_FREE_VALUE_H_
