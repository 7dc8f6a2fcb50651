// What a component's own table may have wrong. Found when its library is opened, before anything is made of it.
#include "framework/plugin/malformed.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "shoal/error.h"

namespace shoal::host {
namespace {

bool kebab(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name)
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
  return true;
}

double as_real(const shoal_value& value) {
  return value.type == SHOAL_REAL ? value.as.real : static_cast<double>(value.as.integer);
}

bool in_range(const shoal_param& param, const shoal_value& value) {
  if (value.type == SHOAL_LIST) {
    for (std::int64_t i = 0; i < value.count; ++i)
      if (!in_range(param, value.as.items[i])) return false;
    return true;
  }
  if (value.type == SHOAL_TEXT && param.choices != nullptr) {
    for (const char* const* choice = param.choices; *choice != nullptr; ++choice)
      if (std::string_view(*choice) == value.as.text) return true;
    return false;
  }
  if (value.type != SHOAL_INT && value.type != SHOAL_REAL) return true;
  const double v = as_real(value);
  if (param.min.type != SHOAL_NULL) {
    const double min = as_real(param.min);
    if (v < min || (v == min && (param.flags & SHOAL_OPEN_MIN) != 0)) return false;
  }
  if (param.max.type != SHOAL_NULL) {
    const double max = as_real(param.max);
    if (v > max || (v == max && (param.flags & SHOAL_OPEN_MAX) != 0)) return false;
  }
  return true;
}

std::optional<std::string> why_malformed(const shoal_param& param) {
  static const std::set<std::string_view> reserved = {"use",   "in",      "with",    "like",   "seed",
                                                      "cache", "library", "isolate", "timeout"};
  if (param.name == nullptr || *param.name == '\0') return "a parameter has no name";
  if (reserved.contains(param.name)) return text("parameter '{}' has the name of a key of nodes", param.name);
  if (param.help == nullptr || *param.help == '\0') return text("parameter '{}' has no help", param.name);
  if (param.type < SHOAL_BOOL || param.type > SHOAL_MAP || (param.type == SHOAL_MAP && param.fields != nullptr))
    return text("parameter '{}' has type {}, which is not known here", param.name, param.type);
  const bool none = param.initial.type == SHOAL_NULL;
  if (none && (param.flags & (SHOAL_REQUIRED | SHOAL_OPTIONAL)) == 0)
    return text("parameter '{}' has no default, and is neither required nor optional", param.name);
  if (!none && param.initial.type != param.type)
    return text("parameter '{}' has a default of another type", param.name);
  if (!none && !in_range(param, param.initial))
    return text("parameter '{}' has a default outside its own range", param.name);
  return std::nullopt;
}

std::optional<std::string> why_malformed(const shoal_port* const* ports, const char* what) {
  std::set<std::string_view> names;
  for (; ports != nullptr && *ports != nullptr; ++ports) {
    if ((*ports)->name == nullptr || (*ports)->type == nullptr) return text("an {} has no name or type", what);
    if (!names.insert((*ports)->name).second) return text("{} '{}' is there twice", what, (*ports)->name);
  }
  return std::nullopt;
}

}  // namespace

const std::vector<std::string>& known_kinds() {
  static const std::vector<std::string> kinds = {"augmentation", "clusterer", "dataset",  "encoder", "head",
                                                 "metric",       "objective", "reporter", "trainer", "transform"};
  return kinds;
}

std::optional<std::string> why_malformed(const shoal_component& component) {
  if (component.id == nullptr) return "a component has no id";
  const std::string_view id = component.id;
  const auto slash = id.find('/');
  const std::string kind(id.substr(0, slash));
  const auto& kinds = known_kinds();
  if (slash == std::string_view::npos || std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
    return text("component '{}' is of no known kind (its id must be like clusterer/name)", id);
  if (!kebab(id.substr(slash + 1))) return text("component '{}' must be called in small letters, digits and '-'", id);
  const auto in_component = [&](const std::string& what) { return text("component '{}': {}", id, what); };
  if (component.create == nullptr || component.destroy == nullptr || component.find == nullptr)
    return in_component("create, destroy or find is null");
  std::set<std::string_view> names;
  for (const shoal_param* const* param = component.params; param != nullptr && *param != nullptr; ++param) {
    if (const auto reason = why_malformed(**param)) return in_component(*reason);
    if (!names.insert((*param)->name).second)
      return in_component(text("parameter '{}' is there twice", (*param)->name));
  }
  if (const auto reason = why_malformed(component.inputs, "input")) return in_component(*reason);
  if (const auto reason = why_malformed(component.outputs, "output")) return in_component(*reason);
  return std::nullopt;
}

}  // namespace shoal::host
