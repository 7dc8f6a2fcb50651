#ifndef SHOAL_FRAMEWORK_CONFIG_VALUE_H_
#define SHOAL_FRAMEWORK_CONFIG_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/source.h"

namespace shoal::config {

struct Entry;

/// A tree of what a file says, each part with its place. Scalars stay text until a schema asks (scalars.h).
/// It is plain data: copies are deep, members are there to be read and changed.
struct Value {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  std::string text;            ///< scalar: exactly what was written, without its quotes
  bool quoted = false;         ///< scalar: written in quotes or as a | or > block, so text to every schema
  std::string tag;             ///< "!delete", "!replace", "!append", "!prepend" or ""
  std::vector<Value> items;    ///< list
  std::vector<Entry> entries;  ///< map, in the order written; no key twice
  Place place;

  static Value make_null(Place place = {});
  static Value make_text(std::string text, Place place = {});  ///< text to every schema: the quoted flag is set
  static Value make_plain(std::string text, Place place = {});
  static Value make_bool(bool value, Place place = {});
  static Value make_integer(std::int64_t value, Place place = {});
  static Value make_real(double value, Place place = {});  ///< shortest exact form that Python reads too: 1.0e-3, .inf
  static Value make_list();
  static Value make_list(std::vector<Value> items, Place place = {});
  static Value make_map(Place place = {});

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }

  /// The entry or value of `key`; null where this is no map or has no such key.
  const Entry* find_entry(std::string_view key) const;
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);

  /// Replaces the value of `key`, or appends an entry. This must be a map.
  Value& set(std::string key, Value value, Place key_place = {});

  /// Removes `key`; false where it was not there.
  bool erase(std::string_view key);

  std::vector<std::string> keys() const;

  /// "text", "a list", … for messages.
  std::string_view kind_name() const;
};

/// A key of a map and what it holds.
struct Entry {
  std::string key;
  Place key_place;
  Value value;
};

/// Equal in content: kinds, tags, keys in order, texts; places do not count. Plain numbers are equal by spelling after
/// normalising (1e-3 is 1.0e-3, 1_000 is 1000). Quotes count only where plain text would be a number, bool or null.
bool operator==(const Value& a, const Value& b);

/// How many values the tree has, itself included.
std::size_t count_values(const Value& value);

/// Levels of lists and maps: 0 for a scalar, 1 for a list of scalars.
std::size_t depth(const Value& value);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_VALUE_H_
