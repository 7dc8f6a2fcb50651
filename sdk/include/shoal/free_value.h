// shoal/free_value.h: a parameter whose shape the component does not know beforehand, as the arguments of a library
// behind it: `params: {n_init: 3, init: k-means++, shape: [2, 3]}`.
#ifndef SHOAL_FREE_VALUE_H_
#define SHOAL_FREE_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "shoal/schema.h"

namespace [[gnu::visibility("hidden")]] shoal {

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

namespace detail {

inline shoal_value ParamTable::value(const FreeValue& v) {
  return std::visit(
      [this]<typename T>(const T& held) {
        if constexpr (std::is_same_v<T, std::monostate>) return shoal_value{};
        else return value(held);
      },
      v.held);
}
inline shoal_value ParamTable::value(const FreeMap& v) {
  auto* entries = keeper.make<shoal_entry>(v.entries.size());
  for (std::size_t i = 0; i < v.entries.size(); ++i)
    entries[i] = {keeper.text(v.entries[i].name), value(v.entries[i].value)};
  shoal_value out = make(SHOAL_MAP, 0, v.entries.size());
  out.as.entries = entries;
  return out;
}

inline void read_value(const shoal_value& from, FreeValue& to) {
  switch (from.type) {
    case SHOAL_BOOL: return read_value(from, to.held.emplace<bool>());
    case SHOAL_INT: return read_value(from, to.held.emplace<std::int64_t>());
    case SHOAL_REAL: return read_value(from, to.held.emplace<double>());
    case SHOAL_TEXT: return read_value(from, to.held.emplace<std::string>());
    case SHOAL_LIST: return read_value(from, to.held.emplace<FreeList>());
    case SHOAL_MAP: return read_value(from, to.held.emplace<FreeMap>());
    default: to.held = std::monostate{};
  }
}
inline void read_value(const shoal_value& from, FreeMap& to) {
  to.entries.clear();
  for (std::int64_t i = 0; i < from.count; ++i) {
    FreeEntry entry{from.as.entries[i].key, {}};
    read_value(from.as.entries[i].value, entry.value);
    to.entries.push_back(std::move(entry));
  }
}

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_FREE_VALUE_H_
