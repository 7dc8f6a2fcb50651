#include "framework/config/scalars.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <system_error>

#include "framework/config/number_text.h"

namespace shoal::config {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_true(std::string_view text) { return is_one_of(text, {"true", "True", "TRUE"}); }
bool is_false(std::string_view text) { return is_one_of(text, {"false", "False", "FALSE"}); }
bool is_null_text(std::string_view text) { return is_one_of(text, {"", "~", "null", "Null", "NULL"}); }

// What a value is, for "got …"; long text is cut.
std::string got(const Value& value) {
  if (!value.is_scalar()) return std::string(value.kind_name());
  const bool text = value.quoted || plain_type(value.text) == PlainType::text;
  const std::string shown = value.text.size() > 60 ? value.text.substr(0, 57) + "..." : value.text;
  return text ? fmt::format("text \"{}\"", shown) : shown;
}

// The one kind of question: which name asks, what it wants ("an integer"), and whom to tell.
struct Question {
  const Value& value;
  Diagnostics& diagnostics;
  std::string_view what;
  std::string_view wants;

  std::nullopt_t fail(std::string id, const std::string& message, std::string help = "") const {
    std::vector<Note> notes;
    if (!help.empty()) notes.push_back({std::move(help), std::nullopt});
    diagnostics.error(std::move(id), value.place, fmt::format("'{}' {}", what, message), std::move(notes));
    return std::nullopt;
  }
  std::nullopt_t wrong_type(std::string help = "") const {
    return fail("K205", fmt::format("wants {}, got {}", wants, got(value)), std::move(help));
  }
  std::nullopt_t out_of_range(std::string_view type) const {
    return fail("K205", fmt::format("is out of the range of {}: {}", type, value.text));
  }

  // True for a scalar that is there and, where the schema wants no text, is not in quotes. Otherwise an error is made.
  bool has_plain_scalar() const {
    if (value.is_null()) {
      fail("K211", fmt::format("has no value, but wants {}", wants), "leave the whole line out to take the default");
    } else if (!value.is_scalar()) {
      wrong_type();
    } else if (value.quoted && plain_type(value.text) != PlainType::text) {
      fail("K208", fmt::format("wants {}, but \"{}\" in quotes is text", wants, value.text),
           fmt::format("write {} without quotes", value.text));
    } else if (value.quoted) {
      wrong_type();
    } else {
      return true;
    }
    return false;
  }

  // The number written, if there is one that every reader takes for the same.
  std::optional<NumberText> number() const {
    std::optional<NumberText> parts = split_number(value.text);
    if (parts && parts->leading_zero()) {
      NumberText right = *parts;
      right.whole.erase(0, std::min(right.whole.find_first_not_of('0'), right.whole.size() - 1));
      const bool octal = parts->is_integer() && parts->whole.find_first_of("89") == std::string::npos;
      return fail("K209", fmt::format("has a leading zero: {}", value.text),
                  octal ? fmt::format("write {}; some readers take {} for octal", right.normalized(), value.text)
                        : fmt::format("write {}", right.normalized()));
    }
    if (!parts && special_number(value.text, /*bare=*/true) != Special::none) {
      return fail("K212", fmt::format("must be finite, but is {}", value.text));
    }
    if (!parts) return wrong_type(decimal_help());
    return parts;
  }

  // 0x1F, 0o17, 0b11: said in decimal.
  std::string decimal_help() const {
    const std::string text = lower_case(value.text);
    const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : text.starts_with("0b") ? 2 : 0;
    std::uint64_t number = 0;
    if (base == 0 || text.size() < 3) return "";
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size()) return "";
    return fmt::format("write {}; numbers are decimal", number);
  }
};

// The digits of a number written with an exponent, as a whole number: 1.5e3 → 1500. Nothing where it is not whole.
std::optional<std::string> whole_digits(const NumberText& number) {
  std::string digits = number.whole + number.fraction;
  const bool zero = digits.find_first_not_of('0') == std::string::npos;
  if (zero) return "0";
  std::int64_t exponent = 0;
  const char* end = number.exponent.data() + number.exponent.size();
  const bool huge = std::from_chars(number.exponent.data(), end, exponent).ec != std::errc() || exponent > 400;
  if (huge && number.exponent[0] != '-') return digits + std::string(400, '0');  // far out of range, whatever it is
  const std::int64_t shift = exponent - static_cast<std::int64_t>(number.fraction.size());
  if (huge || shift < -static_cast<std::int64_t>(digits.size())) return std::nullopt;
  if (shift >= 0) return digits + std::string(static_cast<std::size_t>(shift), '0');
  const std::size_t keep = digits.size() - static_cast<std::size_t>(-shift);
  if (digits.find_first_not_of('0', keep) != std::string::npos) return std::nullopt;
  return keep == 0 ? "0" : digits.substr(0, keep);
}

// `text` has a sign at most as "-"; true if all of it was taken.
template <typename T>
std::errc convert(const std::string& text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end != text.data() + text.size() ? std::errc::invalid_argument : error;
}

// What YAML 1.1 (PyYAML, Ruby, Go's yaml.v2) takes for something else than text, beyond our own plain_type.
bool is_yaml_1_1_word(std::string_view text) {
  return is_one_of(lower_case(text), {"y", "n", "yes", "no", "on", "off", "=", "<<"});
}

// Numbers of YAML 1.1 or of people: 0x1F, 0o17, 012, 1:30:00, 1_0_, and dates. Anything of digits and their marks is
// suspect; quotes that were not needed do no harm.
bool looks_like_number_or_date(std::string_view text) {
  const std::string word = lower_case(text);
  const std::size_t first = word.find_first_not_of("+-.");
  if (first == std::string::npos || word[first] < '0' || word[first] > '9') return false;
  if (word.find_first_not_of("+-._:0123456789e") == std::string::npos) return true;
  if (word.find_first_not_of("+-._:0123456789t z") == std::string::npos) return true;
  return word.compare(first, 2, "0x") == 0 || word.compare(first, 2, "0o") == 0 || word.compare(first, 2, "0b") == 0;
}

}  // namespace

PlainType plain_type(std::string_view text) {
  if (is_null_text(text)) return PlainType::null;
  if (is_true(text) || is_false(text)) return PlainType::boolean;
  if (special_number(text, /*bare=*/false) != Special::none) return PlainType::real;
  const std::optional<NumberText> number = split_number(text);
  if (!number || number->leading_zero()) return PlainType::text;
  return number->is_integer() ? PlainType::integer : PlainType::real;
}

bool needs_quotes_as_text(std::string_view text) {
  return plain_type(text) != PlainType::text || is_yaml_1_1_word(text) || looks_like_number_or_date(text);
}

std::string normalized_number(std::string_view text) {
  const PlainType type = plain_type(text);
  if (type != PlainType::integer && type != PlainType::real) return std::string(text);
  if (const std::optional<NumberText> number = split_number(text)) return number->normalized();
  const std::string special = lower_case(text);
  return special[0] == '+' ? special.substr(1) : special;
}

std::optional<bool> read_bool(const Value& value, Diagnostics& diagnostics, std::string_view what) {
  const Question question{value, diagnostics, what, "true or false"};
  if (!question.has_plain_scalar()) return std::nullopt;
  if (is_true(value.text)) return true;
  if (is_false(value.text)) return false;
  const std::string word = lower_case(value.text);
  const bool yes = is_one_of(word, {"y", "yes", "on", "1"});
  const bool no = is_one_of(word, {"n", "no", "off", "0"});
  if (!yes && !no) return question.wrong_type();
  const std::string help = yes ? "write true" : "write false";
  if (word == "1" || word == "0") return question.wrong_type(help);
  return question.fail("K210", fmt::format("wants true or false, got {}", value.text), help);
}

std::optional<std::int64_t> read_int(const Value& value, Diagnostics& diagnostics, std::string_view what) {
  const Question question{value, diagnostics, what, "an integer"};
  if (!question.has_plain_scalar()) return std::nullopt;
  const std::optional<NumberText> number = question.number();
  if (!number) return std::nullopt;
  std::optional<std::string> digits = number->whole;
  if (!number->exponent.empty()) {
    digits = whole_digits(*number);
  } else if (number->point) {
    const bool whole = number->fraction.find_first_not_of('0') == std::string::npos;
    const std::string right = (number->negative ? "-" : "") + (number->whole.empty() ? "0" : number->whole);
    return question.wrong_type(whole ? "write " + right : "");
  }
  if (!digits) return question.wrong_type();
  std::int64_t result = 0;
  if (convert((number->negative ? "-" : "") + *digits, result) == std::errc()) return result;
  return question.out_of_range("a 64-bit integer");
}

std::optional<double> read_real(const Value& value, Diagnostics& diagnostics, std::string_view what,
                                NonFinite non_finite) {
  const Question question{value, diagnostics, what, "a number"};
  if (!question.has_plain_scalar()) return std::nullopt;
  const Special special = special_number(value.text, /*bare=*/true);
  if (special != Special::none && non_finite == NonFinite::allowed) {
    if (special == Special::nan) return std::numeric_limits<double>::quiet_NaN();
    return value.text[0] == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
  const std::optional<NumberText> number = question.number();
  if (!number) return std::nullopt;
  std::string text = number->normalized();
  double result = 0;
  if (convert(text, result) == std::errc()) return result;
  return question.out_of_range("a float64");
}

std::optional<std::string> read_text(const Value& value, Diagnostics& diagnostics, std::string_view what) {
  const Question question{value, diagnostics, what, "text"};
  if (value.is_scalar()) return value.text;
  if (value.is_null()) return question.fail("K211", "has no value, but wants text", "write '' for an empty text");
  return question.wrong_type();
}

std::optional<double> quantity_of(const std::string& text, std::span<const Unit> units) {
  constexpr double kMost = 1e6;  // of any unit: a million terabytes can still be counted in bytes
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  for (const auto& [letter, factor] : units)
    if (end != text.c_str() && number >= 0 && number < kMost && *end == letter && end[1] == '\0')
      return number * factor;
  return std::nullopt;
}

std::optional<std::int64_t> bytes_of(const std::string& text) {
  const auto bytes = quantity_of(text, kByteUnits);
  return bytes ? std::optional(static_cast<std::int64_t>(*bytes)) : std::nullopt;
}

std::optional<std::int64_t> read_bytes(const Value& value, Diagnostics& diagnostics, std::string_view what) {
  const Question question{value, diagnostics, what, "a size"};
  if (!value.quoted && !question.has_plain_scalar()) return std::nullopt;
  const auto bytes = bytes_of(value.text);
  return bytes.value_or(0) > 0 ? bytes : question.wrong_type("as in 500M, 8G, 1.5T");
}

}  // namespace shoal::config
