#include "framework/graph/schema_parameters.h"

#include <nlohmann/json.hpp>
#include <string>

#include "framework/config/scalars.h"
#include "framework/graph/parameters.h"
#include "shoal/error.h"

namespace shoal::host {

using nlohmann::ordered_json;

namespace {

ordered_json to_json(const shoal_value& value) {
  switch (value.type) {
    case SHOAL_BOOL: return value.as.integer != 0;
    case SHOAL_INT: return value.as.integer;
    case SHOAL_REAL: return value.as.real;
    case SHOAL_TEXT: return value.as.text;
    case SHOAL_LIST: {
      ordered_json out = ordered_json::array();
      for (std::int64_t i = 0; i < value.count; ++i) out.push_back(to_json(value.as.items[i]));
      return out;
    }
    case SHOAL_MAP: {
      ordered_json out = ordered_json::object();
      for (std::int64_t i = 0; i < value.count; ++i) out[value.as.entries[i].key] = to_json(value.as.entries[i].value);
      return out;
    }
    default: return nullptr;
  }
}

/// Text that a reader of YAML takes for a number or a bool is still the text that was written to us.
ordered_json choices_of(const shoal_param& param) {
  ordered_json out = ordered_json::array();
  for (const char* const* choice = param.choices; *choice != nullptr; ++choice) {
    out.push_back(*choice);
    const auto type = config::plain_type(*choice);
    if (type == config::PlainType::boolean || type == config::PlainType::integer || type == config::PlainType::real)
      if (const auto typed = ordered_json::parse(*choice, nullptr, false); !typed.is_discarded()) out.push_back(typed);
  }
  return out;
}

void add_bounds(const shoal_param& param, ordered_json& out) {
  if (param.min.type != SHOAL_NULL)
    out[(param.flags & SHOAL_OPEN_MIN) != 0 ? "exclusiveMinimum" : "minimum"] = to_json(param.min);
  if (param.max.type != SHOAL_NULL)
    out[(param.flags & SHOAL_OPEN_MAX) != 0 ? "exclusiveMaximum" : "maximum"] = to_json(param.max);
}

/// A number, or text that becomes one: `${…}`, or 1_000, which other readers of YAML take for text.
void add_number(const shoal_param& param, const char* type, ordered_json& out) {
  out["type"] = ordered_json::array({type, "string"});
  add_bounds(param, out);
  out["pattern"] = std::string(kInterpolated) + R"(|^[-+]?[0-9]+(_[0-9]+)+(\.[0-9_]*)?$)";
  out["patternErrorMessage"] = text("'{}' wants {}", param.name, *type == 'i' ? "an integer" : "a number");
}

ordered_json scalar_schema(const shoal_param& param, int type) {
  ordered_json out = ordered_json::object();
  if (type == SHOAL_BOOL) {
    out["type"] = {"boolean", "string"};
    out["pattern"] = kInterpolated;
    out["patternErrorMessage"] = text("'{}' wants true or false", param.name);
  } else if (type == SHOAL_INT) {
    add_number(param, "integer", out);
  } else if (type == SHOAL_REAL) {
    add_number(param, "number", out);
  } else if (param.choices != nullptr) {
    out["anyOf"] = {{{"enum", choices_of(param)}}, {{"type", "string"}, {"pattern", kInterpolated}}};
  } else {
    out["type"] = {"string", "number", "boolean"};
  }
  return out;
}

/// A list or map, or `${…}` that stands for one.
ordered_json whole(const char* type) {
  return {{"type", {type, "string"}},
          {"pattern", kInterpolated},
          {"patternErrorMessage", text("wants a{} {}", *type == 'a' ? "n" : "", type)}};
}

std::string describe(const shoal_param& param) {
  std::string out = param.help;
  if (param.unit != nullptr && *param.unit != '\0') out += text(" [{}]", param.unit);
  out += ". " + describe_range(param);
  if ((param.flags & SHOAL_SPEED_ONLY) != 0) out += ". Changes only speed";
  return out;
}

void allow_null(ordered_json& schema) {
  if (schema.contains("anyOf")) schema["anyOf"].push_back({{"type", "null"}});
  else schema["type"].push_back("null");
}

}  // namespace

ordered_json parameter_schema(const shoal_param& param) {
  ordered_json out = {{"description", describe(param)}};
  if (param.type == SHOAL_LIST) {
    out.update(whole("array"));
    out["items"] = scalar_schema(param, param.item_type);
  } else if (param.type == SHOAL_MAP) {
    out.update(whole("object"));
  } else {
    out.update(scalar_schema(param, param.type));
  }
  if ((param.flags & SHOAL_OPTIONAL) != 0) allow_null(out);
  const bool has_default = (param.flags & SHOAL_REQUIRED) == 0;
  if (has_default && param.initial.type != SHOAL_NULL) out["default"] = to_json(param.initial);
  return out;
}

ordered_json parameters_schema(const shoal_component& component) {
  ordered_json properties = ordered_json::object();
  for (const shoal_param* const* p = component.params; p != nullptr && *p != nullptr; ++p)
    properties[(*p)->name] = parameter_schema(**p);
  for (const shoal_param* const* p = component.params; p != nullptr && *p != nullptr; ++p)
    for (const char* const* old = (*p)->renamed_from; old != nullptr && *old != nullptr; ++old) {
      ordered_json former = parameter_schema(**p);
      former["deprecationMessage"] = text("'{}' is called '{}' here", *old, (*p)->name);
      former["doNotSuggest"] = true;
      properties[*old] = std::move(former);
    }
  return {{"description", component.summary},
          {"type", {"object", "null", "string"}},
          {"pattern", kInterpolated},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

}  // namespace shoal::host
