#include "framework/graph/parameters.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "framework/config/emit.h"
#include "framework/config/scalars.h"
#include "framework/graph/relative_path.h"
#include "framework/plugin/digest.h"
#include "shoal/error.h"

namespace shoal::host {

using config::Diagnostics;
using config::Place;
using config::Value;

namespace {

std::vector<std::string> names_of(const shoal_param* const* params) {
  std::vector<std::string> names;
  for (; params != nullptr && *params != nullptr; ++params) names.emplace_back((*params)->name);
  return names;
}

double as_real(const shoal_value& value) {
  return value.type == SHOAL_REAL ? value.as.real : static_cast<double>(value.as.integer);
}

const char* type_name(int type) {
  switch (type) {
    case SHOAL_BOOL: return "bool";
    case SHOAL_INT: return "integer";
    case SHOAL_REAL: return "number";
    case SHOAL_TEXT: return "text";
    case SHOAL_LIST: return "list";
    default: return "map";
  }
}

/// "must be at least 1", or nothing where `value` lies in the bounds.
std::optional<std::string> out_of_range(const shoal_param& param, double value) {
  if (param.min.type != SHOAL_NULL) {
    const double min = as_real(param.min);
    const bool open = (param.flags & SHOAL_OPEN_MIN) != 0;
    if (open ? value <= min : value < min)
      return text(open ? "must be more than {}" : "must be at least {}", describe_value(param.min));
  }
  if (param.max.type != SHOAL_NULL) {
    const double max = as_real(param.max);
    const bool open = (param.flags & SHOAL_OPEN_MAX) != 0;
    if (open ? value >= max : value > max)
      return text(open ? "must be less than {}" : "must be at most {}", describe_value(param.max));
  }
  return std::nullopt;
}

}  // namespace

/// Turns YAML into the values of one component.
class ParameterReader {
 public:
  ParameterReader(const shoal_component& component, const std::string& base, Diagnostics& diagnostics)
      : component_(component), base_(base), diagnostics_(diagnostics) {}

  std::optional<shoal_value> read(const shoal_param& param, const Value& given, Parameters& into) {
    if (given.is_null() && (param.flags & SHOAL_OPTIONAL) != 0) return shoal_value{};
    if (param.type == SHOAL_MAP && given.is_map()) return read_free(given, param.name, into);
    if (param.type != SHOAL_LIST && param.type != SHOAL_MAP) return read_scalar(param, param.type, given, into);
    if (!given.is_list() || param.type == SHOAL_MAP) {
      diagnostics_.error("K205", given.place,
                         text("'{}' wants a {}, got {}", param.name, describe_type(param), given.kind_name()));
      return std::nullopt;
    }
    std::vector<shoal_value> items;
    for (const Value& item : given.items) {
      const auto value = read_scalar(param, param.item_type, item, into);
      if (!value) return std::nullopt;
      items.push_back(*value);
    }
    return keep_list(std::move(items), into);
  }

 private:
  static shoal_value keep_list(std::vector<shoal_value> items, Parameters& into) {
    into.lists_.push_back(std::move(items));
    shoal_value out{};
    out.type = SHOAL_LIST;
    out.count = static_cast<std::int64_t>(into.lists_.back().size());
    out.as.items = into.lists_.back().data();
    return out;
  }

  static shoal_value keep_text(std::string value, Parameters& into) {
    into.texts_.push_back(std::move(value));
    shoal_value out{};
    out.type = SHOAL_TEXT;
    out.count = static_cast<std::int64_t>(into.texts_.back().size());
    out.as.text = into.texts_.back().c_str();
    return out;
  }

  /// What nobody declared: maps in the order of their keys, scalars as config::plain_type takes them. `what` is the
  /// path to it, "params.init".
  std::optional<shoal_value> read_free(const Value& given, const std::string& what, Parameters& into) {
    switch (given.kind) {
      case Value::Kind::null: return shoal_value{};
      case Value::Kind::scalar: return read_free_scalar(given, what, into);
      case Value::Kind::list: {
        std::vector<shoal_value> items;
        for (const Value& item : given.items) {
          const auto value = read_free(item, text("{}[{}]", what, items.size()), into);
          if (!value) return std::nullopt;
          items.push_back(*value);
        }
        return keep_list(std::move(items), into);
      }
      default: break;
    }
    std::vector<const config::Entry*> sorted;
    for (const config::Entry& entry : given.entries) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->key < b->key; });
    std::vector<shoal_entry> entries;
    for (const config::Entry* entry : sorted) {
      const auto value = read_free(entry->value, what + "." + entry->key, into);
      if (!value) return std::nullopt;
      entries.push_back({keep_text(entry->key, into).as.text, *value});
    }
    into.maps_.push_back(std::move(entries));
    shoal_value out{};
    out.type = SHOAL_MAP;
    out.count = static_cast<std::int64_t>(into.maps_.back().size());
    out.as.entries = into.maps_.back().data();
    return out;
  }

  std::optional<shoal_value> read_free_scalar(const Value& given, const std::string& what, Parameters& into) {
    shoal_value out{};
    switch (given.quoted ? config::PlainType::text : config::plain_type(given.text)) {
      case config::PlainType::null: return out;
      case config::PlainType::boolean: {
        const auto value = config::read_bool(given, diagnostics_, what);
        if (!value) return std::nullopt;
        out.type = SHOAL_BOOL;
        out.as.integer = *value ? 1 : 0;
        return out;
      }
      case config::PlainType::integer: {
        const auto value = config::read_int(given, diagnostics_, what);
        if (!value) return std::nullopt;
        out.type = SHOAL_INT;
        out.as.integer = *value;
        return out;
      }
      case config::PlainType::real: {
        const auto value = config::read_real(given, diagnostics_, what, config::NonFinite::allowed);
        if (!value) return std::nullopt;
        out.type = SHOAL_REAL;
        out.as.real = *value;
        return out;
      }
      default: return keep_text(given.text, into);
    }
  }

  std::optional<shoal_value> read_scalar(const shoal_param& param, int type, const Value& given, Parameters& into) {
    shoal_value out{};
    out.type = type;
    if (type == SHOAL_BOOL) {
      const auto value = config::read_bool(given, diagnostics_, param.name);
      if (!value) return std::nullopt;
      out.as.integer = *value ? 1 : 0;
    } else if (type == SHOAL_INT) {
      const auto value = config::read_int(given, diagnostics_, param.name);
      if (!value || !check_range(param, given, static_cast<double>(*value))) return std::nullopt;
      out.as.integer = *value;
    } else if (type == SHOAL_REAL) {
      const auto value = config::read_real(given, diagnostics_, param.name);
      if (!value || !check_range(param, given, *value)) return std::nullopt;
      out.as.real = *value;
    } else {
      auto value = config::read_text(given, diagnostics_, param.name);
      if (!value || !check_choice(param, given, *value)) return std::nullopt;
      const bool path = (param.flags & SHOAL_PATH) != 0 && !value->empty();
      if (path && std::filesystem::path(*value).is_relative())
        value = (folder_of(given.place, base_) / *value).lexically_normal().string();
      if (path && !check_file(param, given, *value)) return std::nullopt;
      out = keep_text(std::move(*value), into);
    }
    return out;
  }

  /// What a dataset reads must be there before anything runs; other components may make what they name.
  bool check_file(const shoal_param& param, const Value& given, const std::filesystem::path& file) {
    std::error_code error;
    if (!std::string_view(component_.id).starts_with("dataset/") || std::filesystem::exists(file, error)) return true;
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    const bool in_folder = std::filesystem::is_directory(folder, error);
    std::vector<std::string> names;
    if (in_folder)
      for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == file.extension()) names.push_back(at->path().filename().string());
    std::sort(names.begin(), names.end());  // the nearest is the same on every file system
    auto& wrong = diagnostics_.error("P406", given.place,
                                     text("'{}': there is no file or folder '{}'", param.name, file.string()) +
                                         config::did_you_mean(file.filename().string(), names));
    if (!in_folder) wrong.notes.push_back({text("there is no folder '{}' either", folder.string()), {}});
    wrong.notes.push_back({text("{} wants: {}", component_.id, param.help), {}});
    return false;
  }

  bool check_range(const shoal_param& param, const Value& given, double value) {
    const auto wrong = out_of_range(param, value);
    if (!wrong) return true;
    diagnostics_.error("K206", given.place, text("'{}' {}, but is {}", param.name, *wrong, given.text),
                       {{text("{} takes {}", component_.id, describe_range(param)), {}}});
    return false;
  }

  bool check_choice(const shoal_param& param, const Value& given, const std::string& value) {
    if (param.choices == nullptr) return true;
    std::vector<std::string> choices;
    for (const char* const* choice = param.choices; *choice != nullptr; ++choice) choices.emplace_back(*choice);
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) return true;
    std::string list;
    for (const std::string& choice : choices) list += (list.empty() ? "" : ", ") + choice;
    diagnostics_.error(
        "K207", given.place,
        text("'{}' is '{}', which is not one of {}", param.name, value, list) + config::did_you_mean(value, choices));
    return false;
  }

  const shoal_component& component_;
  const std::string& base_;
  Diagnostics& diagnostics_;
};

namespace {

/// The parameter whose name, or former name, is nearest.
std::optional<std::string> suggest(const shoal_component& component, const std::string& wanted) {
  std::vector<std::string> names, meant;
  for (const shoal_param* const* p = component.params; p != nullptr && *p != nullptr; ++p) {
    names.emplace_back((*p)->name);
    meant.emplace_back((*p)->name);
    for (const char* const* old = (*p)->renamed_from; old != nullptr && *old != nullptr; ++old) {
      names.emplace_back(*old);
      meant.emplace_back((*p)->name);
    }
  }
  const auto nearest = config::nearest_name(wanted, names);
  if (!nearest) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), *nearest);
  return meant[static_cast<std::size_t>(found - names.begin())];
}

/// What the help under K203 says of other nodes: "'batch_size' belongs to 'learn' (trainer/deepcluster)".
std::optional<std::string> belongs_to(const std::string& wanted, const Neighbours& neighbours) {
  for (const auto& [node, component] : neighbours)
    if (has_parameter(*component, wanted)) return text("'{}' belongs to '{}' ({})", wanted, node, component->id);
  return std::nullopt;
}

/// The place of each declared parameter in `with`, by its name or by one that it had. Says K203 for what is neither.
/// `meant` has the names that it suggested.
std::vector<const config::Entry*> match_names(const shoal_component& component, const Value& with,
                                              const Neighbours& neighbours, std::set<std::string>& meant,
                                              Diagnostics& diagnostics) {
  const auto names = names_of(component.params);
  std::vector<const config::Entry*> found(names.size(), nullptr);
  for (const config::Entry& entry : with.entries) {
    std::optional<std::size_t> match;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == entry.key) match = i;
      for (const char* const* old = component.params[i]->renamed_from; old != nullptr && *old != nullptr; ++old)
        if (entry.key == *old) {
          match = i;
          diagnostics.warning("K213", entry.key_place, text("'{}' is called '{}' here", entry.key, names[i]));
        }
    }
    if (!match) {
      std::string list;
      for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
      const auto suggested = suggest(component, entry.key);
      if (suggested) meant.insert(*suggested);
      auto& error = diagnostics.error("K203", entry.key_place,
                                      text("{} has no parameter '{}'{}", component.id, entry.key,
                                           suggested ? text("; did you mean '{}'?", *suggested) : ""));
      if (const auto other = belongs_to(entry.key, neighbours)) error.notes.push_back({*other, {}});
      error.notes.push_back({names.empty() ? "it has no parameters" : text("it has {}", list), {}});
    } else if (found[*match] != nullptr) {
      diagnostics.error("Y103", entry.key_place, text("'{}' is given twice", names[*match]),
                        {{"first", found[*match]->key_place}});
    } else {
      found[*match] = &entry;
    }
  }
  return found;
}

}  // namespace

std::shared_ptr<const Parameters> check_parameters(const shoal_component& component, const Value* with,
                                                   const Place& place, const std::string& base,
                                                   Diagnostics& diagnostics, const Neighbours& neighbours) {
  static const Value nothing = Value::make_map();
  auto out = std::make_shared<Parameters>();
  out->declared_ = component.params;
  std::set<std::string> meant;
  const auto given =
      match_names(component, with != nullptr && with->is_map() ? *with : nothing, neighbours, meant, diagnostics);
  ParameterReader reader(component, base, diagnostics);
  bool good = true;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const shoal_param& param = *component.params[i];
    shoal_value value = param.initial;
    if (given[i] != nullptr) {
      const auto read = reader.read(param, given[i]->value, *out);
      good = good && read.has_value();
      value = read.value_or(shoal_value{});
    } else if ((param.flags & SHOAL_REQUIRED) != 0) {
      if (!meant.contains(param.name))  // else it is there, misspelled, and that has been said
        diagnostics.error("K204", with != nullptr ? with->place : place,
                          text("{} needs '{}': {}", component.id, param.name, param.help));
      good = false;
    }
    out->values_.push_back(value);
  }
  return good ? out : nullptr;
}

bool has_parameter(const shoal_component& component, std::string_view name) {
  for (const shoal_param* const* p = component.params; p != nullptr && *p != nullptr; ++p) {
    if (name == (*p)->name) return true;
    for (const char* const* old = (*p)->renamed_from; old != nullptr && *old != nullptr; ++old)
      if (name == *old) return true;
  }
  return false;
}

std::optional<std::int64_t> Parameters::find_integer(std::string_view name) const {
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (name == declared_[i]->name && values_[i].type == SHOAL_INT) return values_[i].as.integer;
  return std::nullopt;
}

namespace {

void add(Digest& digest, const shoal_value& value) {
  digest.number(value.type);
  switch (value.type) {
    case SHOAL_NULL: break;
    case SHOAL_REAL: digest.real(value.as.real); break;
    case SHOAL_TEXT: digest.text(value.as.text); break;
    case SHOAL_LIST:
      digest.number(value.count);
      for (std::int64_t i = 0; i < value.count; ++i) add(digest, value.as.items[i]);
      break;
    case SHOAL_MAP: {  // sorted, also where a component's own default is not
      std::map<std::string_view, const shoal_value*> sorted;
      for (std::int64_t i = 0; i < value.count; ++i)
        sorted.emplace(value.as.entries[i].key, &value.as.entries[i].value);
      digest.number(value.count);
      for (const auto& [key, held] : sorted) {
        digest.text(key);
        add(digest, *held);
      }
      break;
    }
    default: digest.number(value.as.integer);
  }
}

Value to_value(const shoal_value& value) {
  switch (value.type) {
    case SHOAL_BOOL: return Value::make_bool(value.as.integer != 0);
    case SHOAL_INT: return Value::make_integer(value.as.integer);
    case SHOAL_REAL: return Value::make_real(value.as.real);
    case SHOAL_TEXT: return Value::make_text(value.as.text);
    case SHOAL_LIST: {
      std::vector<Value> items;
      for (std::int64_t i = 0; i < value.count; ++i) items.push_back(to_value(value.as.items[i]));
      return Value::make_list(std::move(items));
    }
    case SHOAL_MAP: {
      Value out = Value::make_map();
      for (std::int64_t i = 0; i < value.count; ++i)
        out.set(value.as.entries[i].key, to_value(value.as.entries[i].value));
      return out;
    }
    default: return Value::make_null();
  }
}

/// The same with the entries of maps, at any depth, by their keys.
Value sorted(Value value) {
  for (Value& item : value.items) item = sorted(std::move(item));
  for (config::Entry& entry : value.entries) entry.value = sorted(std::move(entry.value));
  std::sort(value.entries.begin(), value.entries.end(),
            [](const config::Entry& a, const config::Entry& b) { return a.key < b.key; });
  return value;
}

/// What a value counts by: a file by its contents, all else as it is written.
std::string result_part(const shoal_value& value, bool path) {
  const bool file = path && value.type == SHOAL_TEXT && std::filesystem::is_regular_file(value.as.text);
  return file ? digest_of_file(value.as.text) : config::emit_flow(sorted(to_value(value)));
}

}  // namespace

void Parameters::add_to(Digest& digest) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if ((declared_[i]->flags & SHOAL_SPEED_ONLY) != 0) continue;
    digest.text(declared_[i]->name);
    add(digest, values_[i]);
  }
}

std::vector<std::pair<std::string, std::string>> Parameters::result_parts() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if ((declared_[i]->flags & SHOAL_SPEED_ONLY) != 0) continue;
    const bool path = (declared_[i]->flags & SHOAL_PATH) != 0;
    const shoal_value& value = values_[i];
    if (path && value.type == SHOAL_LIST) {  // each of its files
      std::string all;
      for (std::int64_t item = 0; item < value.count; ++item)
        all += (item > 0 ? ", " : "") + result_part(value.as.items[item], path);
      out.emplace_back(declared_[i]->name, "[" + all + "]");
    } else {
      out.emplace_back(declared_[i]->name, result_part(value, path));
    }
  }
  return out;
}

Value Parameters::to_yaml() const {
  Value out = Value::make_map();
  for (std::size_t i = 0; i < values_.size(); ++i) out.set(declared_[i]->name, to_value(values_[i]));
  return out;
}

std::string describe_value(const shoal_value& value) { return config::emit_flow(to_value(value)); }

std::string describe_type(const shoal_param& param) {
  if (param.choices != nullptr) {
    std::string list;
    for (const char* const* choice = param.choices; *choice != nullptr; ++choice)
      list += (list.empty() ? "" : ", ") + std::string(*choice);
    return (param.type == SHOAL_LIST ? "list of " : "one of ") + list;
  }
  std::string out =
      param.type == SHOAL_LIST ? text("list of {}s", type_name(param.item_type)) : std::string(type_name(param.type));
  if ((param.flags & SHOAL_PATH) != 0) out = "path";
  if (param.type == SHOAL_MAP) out = "map of anything";
  return out;
}

std::string describe_range(const shoal_param& param) {
  std::string out = param.name;
  if (param.min.type != SHOAL_NULL)
    out += ((param.flags & SHOAL_OPEN_MIN) != 0 ? " > " : " ≥ ") + describe_value(param.min);
  if (param.max.type != SHOAL_NULL)
    out += (param.min.type != SHOAL_NULL ? " and" : "") +
           std::string((param.flags & SHOAL_OPEN_MAX) != 0 ? " < " : " ≤ ") + describe_value(param.max);
  if ((param.flags & SHOAL_REQUIRED) != 0) return out + " (required)";
  return out + " (default " + describe_value(param.initial) + ")";
}

}  // namespace shoal::host
