// shoal/schema.h: parameters, declared once beside the struct that they fill.
//
//     struct Params {
//       std::int64_t k = 8;
//       std::string init = "k-means++";
//       static void describe(shoal::Schema<Params>& schema) {
//         schema.field("k", &Params::k, "number of clusters").min(1).renamed_from({"n_clusters"});
//         schema.field("init", &Params::init, "how the first centroids are chosen").one_of({"k-means++", "random"});
//       }
//     };
//
// Validation, defaults, messages, `shoal plugins show`, the JSON Schema and the tables of the docs all come from it.
// Order: first what changes the result, then what changes only speed. A member is bool, std::int64_t, double,
// std::string, an enumeration (with one_of), a std::vector of the first four, a std::optional of the first four, or a
// shoal::FreeMap (free_value.h).
#ifndef SHOAL_SCHEMA_H_
#define SHOAL_SCHEMA_H_

#include <concepts>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "shoal/abi.h"
#include "shoal/error.h"
#include "shoal/free_value.h"

namespace [[gnu::visibility("hidden")]] shoal {

namespace detail {

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <typename T>
constexpr int param_type() {
  if constexpr (std::is_same_v<T, bool>) return SHOAL_BOOL;
  else if constexpr (std::is_same_v<T, std::int64_t>) return SHOAL_INT;
  else if constexpr (std::is_same_v<T, double>) return SHOAL_REAL;
  else if constexpr (std::is_same_v<T, std::string> || std::is_enum_v<T>) return SHOAL_TEXT;
  else if constexpr (IsVector<T>::value) return SHOAL_LIST;
  else if constexpr (std::is_same_v<T, FreeMap>) return SHOAL_MAP;
  else if constexpr (IsOptional<T>::value) return param_type<typename T::value_type>();
  else
    static_assert(sizeof(T) == 0,
                  "a parameter is a bool, std::int64_t, double, std::string, an enumeration, a "
                  "std::vector or std::optional of them, or a FreeMap");
}

/// The declared parameters of one component, as the C table shows them; owns the texts behind it.
struct ParamTable {
  std::deque<shoal_param> params;
  std::vector<const shoal_param*> list;  // null-ended when finished
  std::deque<std::string> texts;
  std::deque<std::vector<shoal_value>> items;
  std::deque<std::vector<shoal_entry>> entries;
  std::deque<std::vector<const char*>> names;

  const char* const* keep(const std::vector<const char*>& given) {
    names.push_back(given);
    names.back().push_back(nullptr);
    return names.back().data();
  }

  shoal_value value(bool v) { return make(SHOAL_BOOL, v ? 1 : 0); }
  shoal_value value(std::int64_t v) { return make(SHOAL_INT, v); }
  shoal_value value(double v) {
    shoal_value out{};
    out.type = SHOAL_REAL;
    out.as.real = v;
    return out;
  }
  shoal_value value(const std::string& v) {
    texts.push_back(v);
    shoal_value out{};
    out.type = SHOAL_TEXT;
    out.count = static_cast<std::int64_t>(v.size());
    out.as.text = texts.back().c_str();
    return out;
  }
  template <typename T>
  shoal_value value(const std::vector<T>& v) {
    std::vector<shoal_value> list_items;
    for (const auto& item : v) list_items.push_back(value(item));
    items.push_back(std::move(list_items));
    shoal_value out{};
    out.type = SHOAL_LIST;
    out.count = static_cast<std::int64_t>(v.size());
    out.as.items = items.back().data();
    return out;
  }
  template <typename T>
  shoal_value value(const std::optional<T>& v) {
    return v.has_value() ? value(*v) : shoal_value{};
  }
  shoal_value value(std::monostate) { return {}; }
  shoal_value value(const FreeValue& v) {
    return std::visit([this](const auto& held) { return value(held); }, v.held);
  }
  shoal_value value(const FreeMap& v) {
    std::vector<shoal_entry> map_entries;
    for (const FreeEntry& entry : v.entries) {
      texts.push_back(entry.name);
      const char* name = texts.back().c_str();
      map_entries.push_back({name, value(entry.value)});
    }
    entries.push_back(std::move(map_entries));
    shoal_value out{};
    out.type = SHOAL_MAP;
    out.count = static_cast<std::int64_t>(v.entries.size());
    out.as.entries = entries.back().data();
    return out;
  }

 private:
  static shoal_value make(int type, std::int64_t v) {
    shoal_value out{};
    out.type = type;
    out.as.integer = v;
    return out;
  }
};

inline void read_value(const shoal_value& from, bool& to) { to = from.as.integer != 0; }
inline void read_value(const shoal_value& from, std::int64_t& to) { to = from.as.integer; }
inline void read_value(const shoal_value& from, double& to) { to = from.as.real; }
inline void read_value(const shoal_value& from, std::string& to) {
  to.assign(from.as.text, static_cast<std::size_t>(from.count));
}
inline void read_value(const shoal_value& from, FreeValue& to);
inline void read_value(const shoal_value& from, FreeMap& to);
template <typename T>
void read_value(const shoal_value& from, std::vector<T>& to) {
  to.clear();
  for (std::int64_t i = 0; i < from.count; ++i) {
    T item{};
    read_value(from.as.items[i], item);
    to.push_back(std::move(item));
  }
}
template <typename T>
void read_value(const shoal_value& from, std::optional<T>& to) {
  if (from.type == SHOAL_NULL) {
    to.reset();
  } else {
    read_value(from, to.emplace());
  }
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

/// One parameter while it is declared; each call adds a fact and returns the same field.
template <typename T>
class Field {
 public:
  Field(detail::ParamTable* table, shoal_param* param, T* target, const shoal_value* given)
      : table_(table), param_(param), target_(target), given_(given) {}

  /// The least value allowed; of a list, for each item.
  template <typename Number>
  Field& min(Number bound) {
    return set([&] { param_->min = number(bound); });
  }
  template <typename Number>
  Field& max(Number bound) {
    return set([&] { param_->max = number(bound); });
  }
  /// Bounds that are not allowed themselves.
  template <typename Number>
  Field& above(Number bound) {
    return set([&] { param_->min = number(bound), param_->flags |= SHOAL_OPEN_MIN; });
  }
  template <typename Number>
  Field& below(Number bound) {
    return set([&] { param_->max = number(bound), param_->flags |= SHOAL_OPEN_MAX; });
  }

  /// The texts allowed.
  Field& one_of(std::initializer_list<const char*> choices) {
    return set([&] { param_->choices = table_->keep({choices}); });
  }
  /// The texts allowed, each with the enumerator that it stands for.
  template <typename E = T>
  requires std::is_enum_v<E> Field& one_of(std::initializer_list<std::pair<const char*, E>> choices) {
    if (param_ != nullptr) {
      std::vector<const char*> names;
      for (const auto& [name, value] : choices) {
        names.push_back(name);
        if (value == *target_) param_->initial = table_->value(std::string(name));
      }
      param_->choices = table_->keep(names);
    } else {
      for (const auto& [name, value] : choices)
        if (std::string_view(name) == given_->as.text) *target_ = value;
    }
    return *this;
  }

  Field& unit(const char* unit) {  ///< "ms", "GB"; shown beside the parameter
    return set([&] { param_->unit = unit; });
  }
  /// Names that this parameter had, in this SDK or in the library that it takes after; they still work, with a hint.
  Field& renamed_from(std::initializer_list<const char*> names) {
    return set([&] { param_->renamed_from = table_->keep({names}); });
  }
  /// Has no default: an experiment must give it.
  Field& required() {
    return set([&] { param_->flags |= SHOAL_REQUIRED, param_->initial = {}; });
  }
  /// Changes how fast, never what: it stays out of a node's key.
  Field& speed_only() {
    return set([&] { param_->flags |= SHOAL_SPEED_ONLY; });
  }
  /// Shown last.
  Field& advanced() {
    return set([&] { param_->flags |= SHOAL_ADVANCED; });
  }
  /// A file or folder; relative to the file that says it.
  Field& path() {
    return set([&] { param_->flags |= SHOAL_PATH; });
  }

 private:
  template <typename Set>
  Field& set(Set&& change) {
    if (param_ != nullptr) change();
    return *this;
  }
  template <typename Number>
  shoal_value number(Number bound) {  // in the parameter's own type
    const int type = param_->type == SHOAL_LIST ? param_->item_type : param_->type;
    return type == SHOAL_REAL ? table_->value(static_cast<double>(bound))
                              : table_->value(static_cast<std::int64_t>(bound));
  }

  detail::ParamTable* table_;  // while declaring
  shoal_param* param_;         // while declaring; null while filling
  T* target_;
  const shoal_value* given_;  // while filling
};

/// What `describe` talks to. It runs twice: once to declare, and for each component made to fill a struct, in order.
template <typename Params>
class Schema {
 public:
  explicit Schema(detail::ParamTable& table) : table_(&table), target_(&defaults_) {}
  Schema(Params& target, const shoal_value* values) : target_(&target), values_(values) {}

  /// Declares `member` under `name`, as YAML spells it. Its default is the struct's own.
  template <typename T>
  Field<T> field(const char* name, T Params::*member, const char* help) {
    T& target = target_->*member;
    if (table_ == nullptr) {
      const shoal_value* given = values_++;
      if constexpr (!std::is_enum_v<T>) detail::read_value(*given, target);
      return Field<T>(nullptr, nullptr, &target, given);
    }
    shoal_param param{};
    param.size = sizeof(shoal_param);
    param.type = detail::param_type<T>();
    if constexpr (detail::IsVector<T>::value) param.item_type = detail::param_type<typename T::value_type>();
    if constexpr (detail::IsOptional<T>::value) param.flags |= SHOAL_OPTIONAL;
    param.name = name;
    param.help = help;
    if constexpr (!std::is_enum_v<T>) param.initial = table_->value(target);
    table_->params.push_back(param);
    return Field<T>(table_, &table_->params.back(), &target, nullptr);
  }

 private:
  detail::ParamTable* table_ = nullptr;
  Params defaults_{};
  Params* target_;
  const shoal_value* values_ = nullptr;
};

/// For a component without parameters.
struct NoParams {
  static void describe(Schema<NoParams>&) {}  ///< nothing to declare
};

namespace detail {

template <typename Params>
const shoal_param* const* params_of() {
  static ParamTable* const table = [] {
    auto* made = new ParamTable;  // as long as the process, as the library itself
    Schema<Params> schema(*made);
    Params::describe(schema);
    for (const shoal_param& param : made->params) made->list.push_back(&param);
    made->list.push_back(nullptr);
    return made;
  }();
  return table->list.data();
}

/// The struct filled with checked values, in the order of declaration. Calls `params.check()` where there is one: it
/// may throw InputError for values that do not go together.
template <typename Params>
Params read_params(const shoal_value* values) {
  Params params{};
  Schema<Params> schema(params, values);
  Params::describe(schema);
  if constexpr (requires { params.check(); }) params.check();
  return params;
}

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_SCHEMA_H_
