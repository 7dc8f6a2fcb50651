#include "framework/config/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/config/scalars.h"

namespace shoal::config {
namespace {

Value make(Value::Kind kind, Place place) {
  Value value;
  value.kind = kind;
  value.place = std::move(place);
  return value;
}

bool same_scalar(const Value& a, const Value& b) {
  if (a.quoted != b.quoted && plain_type(a.text) != PlainType::text) return false;
  if (a.text == b.text) return true;
  return !a.quoted && !b.quoted && normalized_number(a.text) == normalized_number(b.text);
}

}  // namespace

Value Value::make_null(Place place) { return make(Kind::null, std::move(place)); }

Value Value::make_plain(std::string text, Place place) {
  Value value = make(Kind::scalar, std::move(place));
  value.text = std::move(text);
  return value;
}

Value Value::make_text(std::string text, Place place) {
  Value value = make_plain(std::move(text), std::move(place));
  value.quoted = true;
  return value;
}

Value Value::make_bool(bool value, Place place) { return make_plain(value ? "true" : "false", std::move(place)); }

Value Value::make_integer(std::int64_t value, Place place) {
  return make_plain(fmt::format("{}", value), std::move(place));
}

Value Value::make_real(double value, Place place) {
  if (std::isnan(value)) return make_plain(".nan", std::move(place));
  if (std::isinf(value)) return make_plain(value < 0 ? "-.inf" : ".inf", std::move(place));
  std::string text = fmt::format("{}", value);  // shortest that reads back to the same bits
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return make_plain(normalized_number(text), std::move(place));
}

Value Value::make_list() { return make(Kind::list, {}); }

Value Value::make_list(std::vector<Value> items, Place place) {
  Value value = make(Kind::list, std::move(place));
  value.items = std::move(items);
  return value;
}

Value Value::make_map(Place place) { return make(Kind::map, std::move(place)); }

const Entry* Value::find_entry(std::string_view key) const {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return at == entries.end() ? nullptr : &*at;
}

const Value* Value::find(std::string_view key) const {
  const Entry* entry = find_entry(key);
  return entry ? &entry->value : nullptr;
}

Value* Value::find(std::string_view key) {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return at == entries.end() ? nullptr : &at->value;
}

Value& Value::set(std::string key, Value value, Place key_place) {
  if (Value* there = find(key)) return *there = std::move(value);
  return entries.emplace_back(Entry{std::move(key), std::move(key_place), std::move(value)}).value;
}

bool Value::erase(std::string_view key) {
  return std::erase_if(entries, [&](const Entry& e) { return e.key == key; }) > 0;
}

std::vector<std::string> Value::keys() const {
  std::vector<std::string> out;
  for (const Entry& entry : entries) out.push_back(entry.key);
  return out;
}

std::string_view Value::kind_name() const {
  switch (kind) {
    case Kind::null: return "nothing";
    case Kind::scalar: return quoted ? "text" : "a single value";
    case Kind::list: return "a list";
    case Kind::map: break;
  }
  return "a map";
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.tag != b.tag) return false;
  switch (a.kind) {
    case Value::Kind::null: return true;
    case Value::Kind::scalar: return same_scalar(a, b);
    case Value::Kind::list: return a.items == b.items;
    case Value::Kind::map: break;
  }
  return std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    [](const Entry& x, const Entry& y) { return x.key == y.key && x.value == y.value; });
}

std::size_t count_values(const Value& value) {
  std::size_t count = 1;
  for (const Value& item : value.items) count += count_values(item);
  for (const Entry& entry : value.entries) count += count_values(entry.value);
  return count;
}

std::size_t depth(const Value& value) {
  std::size_t deepest = 0;
  for (const Value& item : value.items) deepest = std::max(deepest, depth(item));
  for (const Entry& entry : value.entries) deepest = std::max(deepest, depth(entry.value));
  return value.is_list() || value.is_map() ? deepest + 1 : 0;
}

}  // namespace shoal::config
