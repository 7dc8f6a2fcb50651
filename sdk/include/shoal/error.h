// shoal/error.h: the failures a component reports. The thrower says what is wrong, with both numbers (wanted, got); the
// host adds file:line:column, node and component.
#ifndef SHOAL_ERROR_H_
#define SHOAL_ERROR_H_

#include <charconv>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "shoal/abi.h"

namespace [[gnu::visibility("hidden")]] shoal {

namespace detail {

/// One argument of `text`. It owns nothing, so that a call makes no code but for a few stores: `fill_in` has the rest,
/// once.
class Argument {
 public:
  explicit Argument(std::string_view value) : kind_(Kind::kText) { as_.text = {value.data(), value.size()}; }
  template <typename Value>  // a template, so that a text literal does not become a bool
  requires(std::is_arithmetic_v<Value>) explicit Argument(Value value) {
    if constexpr (std::is_same_v<Value, bool>) kind_ = Kind::kBool, as_.natural = value;
    else if constexpr (std::is_same_v<Value, float>) kind_ = Kind::kFloat, as_.single = value;
    else if constexpr (std::is_floating_point_v<Value>) kind_ = Kind::kReal, as_.real = static_cast<double>(value);
    else if constexpr (std::is_signed_v<Value>) kind_ = Kind::kInteger, as_.integer = value;
    else kind_ = Kind::kNatural, as_.natural = value;
  }

  void append_to(std::string& out) const {
    switch (kind_) {
      case Kind::kText: out.append(as_.text.data, as_.text.size); return;
      case Kind::kBool: out += as_.natural != 0 ? "true" : "false"; return;
      case Kind::kInteger: return append_number(out, as_.integer);
      case Kind::kNatural: return append_number(out, as_.natural);
      case Kind::kFloat: return append_number(out, as_.single);
      case Kind::kReal: return append_number(out, as_.real);
    }
  }

 private:
  enum class Kind { kText, kBool, kInteger, kNatural, kFloat, kReal };

  template <typename Number>
  static void append_number(std::string& out, Number value) {
    char digits[64];
    out.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
  }

  Kind kind_;
  union {
    struct {
      const char* data;
      std::size_t size;
    } text;
    long long integer;
    unsigned long long natural;
    float single;
    double real;
  } as_;
};

[[gnu::noinline]] inline std::string fill_in(std::string_view pattern, const Argument* arguments, std::size_t count) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{' && i + 1 < pattern.size() && pattern[i + 1] == '}' && next < count) {
      arguments[next++].append_to(out);
      ++i;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

}  // namespace detail

/// `pattern` with each `{}` replaced by the next argument: text, a bool or a number (in its shortest exact form).
/// Portable plugins need no formatting library for their messages.
template <typename... Arguments>
std::string text(std::string_view pattern, const Arguments&... arguments) {
  if constexpr (sizeof...(arguments) == 0) {
    return std::string(pattern);
  } else {
    const detail::Argument all[] = {detail::Argument(arguments)...};
    return detail::fill_in(pattern, all, sizeof...(arguments));
  }
}

/// What every error of a component derives from. `code` is a SHOAL_E_ of abi.h.
class Error : public std::runtime_error {
 public:
  Error(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  int code() const { return code_; }  ///< a SHOAL_E_ of abi.h

 private:
  int code_;
};

/// What was given is wrong: shape, dtype, a value out of range, a file that lies.
class InputError : public Error {
 public:
  explicit InputError(const std::string& what) : Error(SHOAL_E_INPUT, what) {}
};

/// Called out of order: predict before fit.
class StateError : public Error {
 public:
  explicit StateError(const std::string& what) : Error(SHOAL_E_STATE, what) {}
};

/// This component cannot do what was asked of it.
class Unsupported : public Error {
 public:
  explicit Unsupported(const std::string& what) : Error(SHOAL_E_UNSUPPORTED, what) {}
};

/// The user stopped the run. Deliberately no std::exception: an author's `catch (const std::exception&)` lets it pass.
struct Cancelled {};

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_input_error(std::string_view pattern,
                                                                     const Argument* arguments, std::size_t count) {
  throw InputError(fill_in(pattern, arguments, count));
}

}  // namespace detail

/// Throws InputError with `pattern` filled in (see `text`) unless `holds`.
template <typename... Arguments>
void require(bool holds, std::string_view pattern, const Arguments&... arguments) {
  if (holds) return;
  const detail::Argument all[] = {detail::Argument(arguments)...,
                                  detail::Argument(false)};  // the last: none is no array
  detail::throw_input_error(pattern, all, sizeof...(arguments));
}

namespace detail {

/// Throws what `code` stands for; `message` is the failing side's.
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_status(int code, const char* message) {
  const std::string what = message != nullptr && *message != '\0' ? message : "failed without a message";
  switch (code) {
    case SHOAL_E_INPUT: throw InputError(what);
    case SHOAL_E_STATE: throw StateError(what);
    case SHOAL_E_UNSUPPORTED: throw Unsupported(what);
    case SHOAL_E_CANCELLED: throw Cancelled{};
    case SHOAL_E_MEMORY: throw std::bad_alloc();
    default: throw Error(SHOAL_E_FAILED, what);
  }
}

inline void check_status(const shoal_context* context, int code) {
  if (code != SHOAL_OK) throw_status(code, context->host->message(context));
}

/// In a catch block: what was caught, as a status with a message.
[[gnu::cold, gnu::noinline]] inline int status_of_caught(const shoal_context* context) noexcept {
  const auto fail = [&](int code, const char* what) { return context->host->fail(context, code, what); };
  try {
    throw;
  } catch (const Cancelled&) {
    return fail(SHOAL_E_CANCELLED, "cancelled");
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(SHOAL_E_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(SHOAL_E_FAILED, error.what());
  } catch (...) {
    return fail(SHOAL_E_FAILED, "threw something that is not a std::exception");
  }
}

/// Runs `body` and turns what it throws into a status with a message: nothing else may leave a C function.
template <typename Body>
int guarded(const shoal_context* context, Body&& body) noexcept {
  try {
    body();
    return SHOAL_OK;
  } catch (...) {
    return status_of_caught(context);
  }
}

}  // namespace detail
}  // namespace shoal

/// Marks what no input can reach. Off in release builds.
#ifdef NDEBUG
#define SHOAL_ASSERT(condition) static_cast<void>(sizeof(!(condition)))
#else
#define SHOAL_ASSERT(condition)                                                                                      \
  (static_cast<bool>(condition) ? static_cast<void>(0)                                                               \
                                : throw ::shoal::Error(SHOAL_E_FAILED, ::shoal::text("assertion failed: {} ({}:{})", \
                                                                                     #condition, __FILE__, __LINE__)))
#endif

#endif  // SHOAL_ERROR_H_
