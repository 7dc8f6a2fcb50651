// The values of a parameter struct as arguments by name.
#ifndef SHOAL_PYTHON_ARGUMENTS_H_
#define SHOAL_PYTHON_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "shoal/free_value.h"

/// Takes the place of a shoal::Schema where `Params::describe` is called: each declared member becomes an argument of
/// its name and value (no value: null), so that it need not be written twice. `k` is kept apart.
template <typename Params>
class Arguments {
 public:
  explicit Arguments(const Params& params) : params_(params) { Params::describe(*this); }

  std::optional<std::int64_t> k;
  shoal::FreeMap others;

  /// What a field's facts are told to: none matters here.
  struct Facts {
    template <typename... Any>
    Facts& min(const Any&...) {
      return *this;
    }
    template <typename... Any>
    Facts& max(const Any&...) {
      return *this;
    }
    template <typename... Any>
    Facts& above(const Any&...) {
      return *this;
    }
    Facts& one_of(std::initializer_list<const char*>) { return *this; }
    Facts& renamed_from(std::initializer_list<const char*>) { return *this; }
    Facts& speed_only() { return *this; }
  };

  template <typename T, typename Owner>
  Facts field(const char* name, T Owner::*member, const char*) {
    if (std::string_view(name) == "k") {
      if constexpr (std::is_same_v<T, std::int64_t>) k = params_.*member;
    } else {
      others.entries.push_back({name, value(params_.*member)});
    }
    return {};
  }

 private:
  template <typename T>
  static shoal::FreeValue value(const T& given) {
    return {given};
  }
  template <typename T>
  static shoal::FreeValue value(const std::optional<T>& given) {
    return given ? shoal::FreeValue{*given} : shoal::FreeValue{};
  }

  const Params& params_;
};

#endif  // SHOAL_PYTHON_ARGUMENTS_H_
