#include "framework/graph/read_parts.h"

#include <algorithm>

#include "framework/config/scalars.h"
#include "shoal/error.h"

namespace shoal::host {

using config::Diagnostics;
using config::Entry;
using config::Value;

bool is_name(std::string_view name) {
  if (name.empty() || name[0] < 'a' || name[0] > 'z') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

void unknown_key(const Entry& entry, const std::string& where, const std::vector<std::string>& known,
                 Diagnostics& diagnostics) {
  std::string list;
  for (const std::string& key : known) list += (list.empty() ? "" : ", ") + key;
  diagnostics.error("K201", entry.key_place,
                    text("unknown key '{}' {}", entry.key, where) + config::did_you_mean(entry.key, known),
                    {{text("known here: {}", list), {}}});
}

bool require_map(const Value& value, const std::string& what, Diagnostics& diagnostics, const std::string& help) {
  if (value.is_map()) return true;
  auto& error = diagnostics.error("K205", value.place, text("'{}' must be a map, but is {}", what, value.kind_name()));
  if (!help.empty()) error.notes.push_back({help, {}});
  return false;
}

std::optional<OutputName> read_output_name(const Value& value, const std::string& what, Diagnostics& diagnostics) {
  if (!value.is_scalar()) {
    diagnostics.error("K205", value.place, text("'{}' wants a node or node.output, got {}", what, value.kind_name()));
    return std::nullopt;
  }
  const std::optional<std::string> written = value.text;
  const auto dot = written->find('.');
  OutputName name{written->substr(0, dot), dot == std::string::npos ? "" : written->substr(dot + 1), value.place};
  if (is_name(name.node) && (dot == std::string::npos || !name.output.empty())) return name;
  diagnostics.error("K205", value.place, text("'{}' wants a node or node.output, got '{}'", what, *written));
  return std::nullopt;
}

std::optional<double> read_timeout(const Value& value, Diagnostics& diagnostics) {
  const auto seconds = config::read_real(value, diagnostics, "timeout");
  if (!seconds || *seconds > 0) return seconds;
  diagnostics.error("K206", value.place, text("'timeout' must be more than 0 seconds, but is {}", *seconds));
  return std::nullopt;
}

}  // namespace shoal::host
