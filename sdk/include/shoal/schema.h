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
// shoal::FreeMap (whose header is free_value.h).
#ifndef SHOAL_SCHEMA_H_
#define SHOAL_SCHEMA_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "shoal/abi.h"
#include "shoal/error.h"

namespace [[gnu::visibility("hidden")]] shoal {

struct FreeMap;    // of free_value.h, which who has such a parameter includes
struct FreeValue;  // likewise

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

/// Memory for the tables of C: what is made here is all zero, stays where it is, and goes with its Keeper.
class Keeper {
 public:
  Keeper() = default;
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  ~Keeper() {
    while (last_ != nullptr) ::operator delete(std::exchange(last_, last_->before));
  }

  /// `count` of them side by side.
  template <typename Plain>
  Plain* make(std::size_t count = 1) {
    static_assert(std::is_trivially_copyable_v<Plain>);
    return static_cast<Plain*>(bytes(count * sizeof(Plain)));
  }
  const char* text(std::string_view given) {  ///< null-ended
    char* out = make<char>(given.size() + 1);
    std::memcpy(out, given.data(), given.size());
    return out;
  }

 private:
  struct alignas(std::max_align_t) Block {
    Block* before;
  };
  [[gnu::noinline]] void* bytes(std::size_t size) {
    last_ = new (::operator new(sizeof(Block) + size)) Block{last_};
    return std::memset(last_ + 1, 0, size);
  }

  Block* last_ = nullptr;
};

/// Pointers in memory of a Keeper, null-ended, as the tables of C have them. The lists are short: each `add` copies.
template <typename T>
struct PointerList {
  T** items = nullptr;
  std::size_t count = 0;

  [[gnu::noinline]] void add(Keeper& keeper, T* item) {
    T** grown = keeper.make<T*>(count + 2);
    for (std::size_t i = 0; i < count; ++i) grown[i] = items[i];
    grown[count++] = item;
    items = grown;
  }
};

/// The declared parameters of one component, as the C table shows them; owns the texts behind it.
struct ParamTable {
  Keeper keeper;
  PointerList<const shoal_param> list;

  const char* const* keep(std::initializer_list<const char*> given) {
    PointerList<const char> out;
    for (const char* name : given) out.add(keeper, name);
    return out.items;
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
    shoal_value out = make(SHOAL_TEXT, 0, v.size());
    out.as.text = keeper.text(v);
    return out;
  }
  template <typename T>
  shoal_value value(const std::vector<T>& v) {
    auto* items = keeper.make<shoal_value>(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) items[i] = value(v[i]);
    shoal_value out = make(SHOAL_LIST, 0, v.size());
    out.as.items = items;
    return out;
  }
  template <typename T>
  shoal_value value(const std::optional<T>& v) {
    return v.has_value() ? value(*v) : shoal_value{};
  }
  inline shoal_value value(const FreeValue& v);  // free_value.h has both
  inline shoal_value value(const FreeMap& v);

  static shoal_value make(int type, std::int64_t v, std::size_t count = 0) {
    shoal_value out{};
    out.type = type;
    out.count = static_cast<std::int64_t>(count);
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
inline void read_value(const shoal_value& from, FreeValue& to);  // free_value.h has both
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
/// A parameter while it is declared; null where the struct is filled.
class DeclaredField {
 protected:
  DeclaredField(ParamTable* table, shoal_param* param) : table_(table), param_(param) {}

  [[gnu::noinline]] void set_flag(unsigned flag) {
    if (param_ != nullptr) param_->flags |= flag;
  }
  [[gnu::noinline]] void set_bound(shoal_value shoal_param::*which, double bound, unsigned flag) {
    if (param_ == nullptr) return;
    param_->*which = is_real() ? table_->value(bound) : table_->value(static_cast<std::int64_t>(bound));
    param_->flags |= flag;
  }
  [[gnu::noinline]] void set_bound(shoal_value shoal_param::*which, std::int64_t bound, unsigned flag) {
    if (param_ == nullptr) return;
    param_->*which = is_real() ? table_->value(static_cast<double>(bound)) : table_->value(bound);
    param_->flags |= flag;
  }
  [[gnu::noinline]] void set_names(const char* const* shoal_param::*which, std::initializer_list<const char*> names) {
    if (param_ != nullptr) param_->*which = table_->keep(names);
  }

  ParamTable* table_;
  shoal_param* param_;

 private:
  bool is_real() const { return (param_->type == SHOAL_LIST ? param_->item_type : param_->type) == SHOAL_REAL; }
};

/// Where `describe` is: it declares to `table`, or where that is null reads from `values`.
struct SchemaPlace {
  ParamTable* table;
  const shoal_value* values;
};

/// One parameter of type T, once for all components that have one. Returns it where it is declared, else null.
template <typename T>
[[gnu::noinline]] shoal_param* declare_or_fill(SchemaPlace& place, const char* name, const char* help, T& target) {
  if (place.table == nullptr) {
    const shoal_value& given = *place.values++;
    if constexpr (!std::is_enum_v<T>) read_value(given, target);
    return nullptr;
  }
  auto* param = place.table->keeper.make<shoal_param>();
  place.table->list.add(place.table->keeper, param);
  param->size = sizeof(shoal_param);
  param->type = param_type<T>();
  if constexpr (IsVector<T>::value) param->item_type = param_type<typename T::value_type>();
  if constexpr (IsOptional<T>::value) param->flags |= SHOAL_OPTIONAL;
  param->name = name;
  param->help = help;
  if constexpr (!std::is_enum_v<T>) param->initial = place.table->value(target);
  return param;
}

}  // namespace detail

/// One parameter while it is declared; each call adds a fact and returns the same field.
template <typename T>
class Field : detail::DeclaredField {
 public:
  Field(detail::ParamTable* table, shoal_param* param, T* target, const shoal_value* given)
      : DeclaredField(table, param), target_(target), given_(given) {}

  /// The least value allowed; of a list, for each item.
  template <typename Number>
  Field& min(Number bound) {
    return set_bound(&shoal_param::min, widest(bound), 0), *this;
  }
  template <typename Number>
  Field& max(Number bound) {
    return set_bound(&shoal_param::max, widest(bound), 0), *this;
  }
  /// Bounds that are not allowed themselves.
  template <typename Number>
  Field& above(Number bound) {
    return set_bound(&shoal_param::min, widest(bound), SHOAL_OPEN_MIN), *this;
  }
  template <typename Number>
  Field& below(Number bound) {
    return set_bound(&shoal_param::max, widest(bound), SHOAL_OPEN_MAX), *this;
  }

  /// The texts allowed.
  Field& one_of(std::initializer_list<const char*> choices) { return set_names(&shoal_param::choices, choices), *this; }
  /// The texts allowed, each with the enumerator that it stands for.
  template <typename E = T>
  requires std::is_enum_v<E> Field& one_of(std::initializer_list<std::pair<const char*, E>> choices) {
    if (param_ != nullptr) {
      detail::PointerList<const char> names;
      for (const auto& [name, value] : choices) {
        names.add(table_->keeper, name);
        if (value == *target_) param_->initial = table_->value(std::string(name));
      }
      param_->choices = names.items;
    } else {
      for (const auto& [name, value] : choices)
        if (std::string_view(name) == given_->as.text) *target_ = value;
    }
    return *this;
  }

  Field& unit(const char* unit) {  ///< "ms", "GB"; shown beside the parameter
    if (param_ != nullptr) param_->unit = unit;
    return *this;
  }
  /// Names that this parameter had, in this SDK or in the library that it takes after; they still work, with a hint.
  Field& renamed_from(std::initializer_list<const char*> names) {
    return set_names(&shoal_param::renamed_from, names), *this;
  }
  /// Has no default: an experiment must give it.
  Field& required() {
    if (param_ != nullptr) param_->initial = {};
    return set_flag(SHOAL_REQUIRED), *this;
  }
  /// Changes how fast, never what: it stays out of a node's key.
  Field& speed_only() { return set_flag(SHOAL_SPEED_ONLY), *this; }
  /// Shown last.
  Field& advanced() { return set_flag(SHOAL_ADVANCED), *this; }
  /// A file or folder; relative to the file that says it.
  Field& path() { return set_flag(SHOAL_PATH), *this; }

 private:
  template <typename Number>
  static auto widest(Number bound) {
    if constexpr (std::is_floating_point_v<Number>) return static_cast<double>(bound);
    else return static_cast<std::int64_t>(bound);
  }

  T* target_;
  const shoal_value* given_;  // while filling
};

/// What `describe` talks to. It runs twice: once to declare, and for each component made to fill a struct, in order.
template <typename Params>
class Schema {
 public:
  Schema(Params& defaults, detail::ParamTable& table) : target_(&defaults), place_{&table, nullptr} {}
  Schema(Params& target, const shoal_value* values) : target_(&target), place_{nullptr, values} {}

  /// Declares `member` under `name`, as YAML spells it. Its default is the struct's own.
  template <typename T>
  Field<T> field(const char* name, T Params::*member, const char* help) {
    T& target = target_->*member;
    const shoal_value* given = place_.values;
    shoal_param* param = detail::declare_or_fill(place_, name, help, target);
    return Field<T>(place_.table, param, &target, given);
  }

 private:
  Params* target_;
  detail::SchemaPlace place_;
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
    Params defaults{};
    Schema<Params> schema(defaults, *made);
    Params::describe(schema);
    if (made->list.items == nullptr) made->list.items = made->keeper.make<const shoal_param*>();
    return made;
  }();
  return table->list.items;
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
