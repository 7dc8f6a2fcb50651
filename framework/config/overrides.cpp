#include "framework/config/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "framework/config/merge.h"
#include "framework/config/scalars.h"
#include "framework/config/utf8.h"
#include "framework/config/yaml.h"
#include "framework/config/yaml_scan.h"

namespace shoal::config {
namespace {

// "…" or '…' up to the very end: quoted text. `"a" or "b"` is plain text that happens to hold quotes.
bool is_quoted_whole(std::string_view text) {
  if (text.size() < 2 || (text[0] != '"' && text[0] != '\'')) return false;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[0] == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == text[0]) {
      if (text[0] == '\'' && at + 1 < text.size() && text[at + 1] == '\'') {
        ++at;
      } else {
        return at + 1 == text.size();
      }
    }
  }
  return false;
}

std::optional<Override> parse_one(const std::shared_ptr<const Source>& source, std::size_t line,
                                  Diagnostics& diagnostics) {
  const std::string_view argument = source->line(line);
  Override change;
  std::size_t path_begin = 0;
  std::size_t path_end = argument.size();
  std::size_t value_begin = argument.size();
  if (argument.starts_with('~')) {
    change.kind = Override::Kind::remove;
    path_begin = 1;
  } else {
    const std::size_t sign = find_operator(argument);
    if (sign == std::string_view::npos) {
      diagnostics.error("C209", place_in(source, line, 0, argument.size()), fmt::format("no '=' in '{}'", argument),
                        {{"write path=value, path+=value or ~path", std::nullopt}});
      return std::nullopt;
    }
    const bool append = sign > 0 && argument[sign - 1] == '+';
    if (append) change.kind = Override::Kind::append;
    path_end = append ? sign - 1 : sign;
    value_begin = sign + 1;
  }
  const std::string_view path = argument.substr(path_begin, path_end - path_begin);
  const std::optional<Path> written =
      parse_path(path, place_in(source, line, path_begin, path_end - path_begin), diagnostics);
  if (!written) return std::nullopt;
  change.written = *written;
  change.path = expand_short(*written);
  if (change.kind == Override::Kind::remove) return change;
  const std::string_view right = argument.substr(value_begin);
  const std::optional<Value> value =
      read_argument(right, place_in(source, line, value_begin, right.size()), diagnostics);
  if (!value) return std::nullopt;
  change.value = *value;
  return change;
}

// A path must start with something that is there: a node of the document or a top-level key. Only a whole node may be
// new.
bool has_known_head(const Value& document, const Override& change, Diagnostics& diagnostics) {
  const bool is_short = !(change.written == change.path);
  if (!is_short && change.kind == Override::Kind::set && change.path.segments.size() == 2) return true;
  const std::optional<std::string> unknown = unknown_head(document, change.path, change.written);
  if (!unknown) return true;
  Place place = change.written.place;
  if (is_short) place.length = count_code_points(change.written.segments[0].key);
  diagnostics.error("C210", place, *unknown);
  return false;
}

bool append(Value& document, const Override& change, Diagnostics& diagnostics) {
  Value* list = find(document, change.path);
  const std::string path = to_string(change.written);
  if (list == nullptr || !list->is_list()) {
    std::vector<Note> notes{{fmt::format("write {}=[…] to set the whole list", path), std::nullopt}};
    if (list) notes.push_back({"it is set", list->place});
    diagnostics.error("C212", change.written.place,
                      list ? fmt::format("+= wants a list, but '{}' is {}", path, list->kind_name())
                           : fmt::format("+= wants a list, but the file does not set '{}'", path),
                      std::move(notes));
    return false;
  }
  if (change.value.is_list()) {
    list->items.insert(list->items.end(), change.value.items.begin(), change.value.items.end());
  } else {
    list->items.push_back(change.value);
  }
  return true;
}

}  // namespace

Place place_in(const std::shared_ptr<const Source>& source, std::size_t line, std::size_t begin, std::size_t length) {
  const std::string_view text = source->line(line);
  const std::size_t code_points = count_code_points(text.substr(begin, length));
  return {source, line, 1 + count_code_points(text.substr(0, begin)), code_points == 0 ? 1 : code_points};
}

std::size_t find_operator(std::string_view argument) {
  bool quoted = false;
  for (std::size_t at = 0; at < argument.size(); ++at) {
    if (argument[at] == '\'') quoted = !quoted;
    if (argument[at] == '=' && !quoted) return at;
  }
  return std::string_view::npos;
}

std::optional<Value> read_argument(std::string_view text, const Place& place, Diagnostics& diagnostics) {
  std::optional<Value> value;
  if (text.starts_with('@')) {
    value = load_file(std::string(text.substr(1)), diagnostics, place);
  } else if (!text.empty() && (text[0] == '[' || text[0] == '{' || is_quoted_whole(text))) {
    value = parse_yaml_flow(std::string(text), place, diagnostics);
  } else if (plain_type(text) == PlainType::null) {
    return Value::make_null(place);
  } else {
    return Value::make_plain(std::string(text), place);
  }
  if (value) settle_tags(*value, {}, diagnostics);
  return value;
}

std::vector<Override> parse_overrides(const std::shared_ptr<const Source>& command_line, Diagnostics& diagnostics,
                                      std::size_t lines) {
  std::vector<Override> changes;
  if (!scan_characters(command_line, diagnostics)) return changes;
  for (std::size_t line = 1; line <= std::min(lines, command_line->line_count()); ++line) {
    if (std::optional<Override> change = parse_one(command_line, line, diagnostics))
      changes.push_back(*std::move(change));
  }
  return changes;
}

bool apply_override(Value& document, const Override& change, Diagnostics& diagnostics) {
  if (!has_known_head(document, change, diagnostics)) return false;
  switch (change.kind) {
    case Override::Kind::set: return set(document, change.path, change.value, diagnostics);
    case Override::Kind::append: return append(document, change, diagnostics);
    case Override::Kind::remove: break;
  }
  if (erase(document, change.path)) return true;
  diagnostics.error("C213", change.written.place, fmt::format("nothing to delete at '{}'", to_string(change.written)));
  return false;
}

bool apply_overrides(Value& document, const std::vector<Override>& changes, Diagnostics& diagnostics) {
  bool all = true;
  for (const Override& change : changes) all = apply_override(document, change, diagnostics) && all;
  return all;
}

}  // namespace shoal::config
