#include "numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace csv {
namespace {

// What pandas takes for missing and people write, and UCI's question mark.
constexpr std::array<std::string_view, 13> kMissing = {"",    "?",    "NA",   "N/A",  "n/a",  "<NA>", "NaN",
                                                       "nan", "-nan", "NULL", "Null", "null", "None"};

/// Whether a decimal number is 1 or more, whatever its exponent.
bool is_large(std::string_view number) {
  if (number.starts_with('-')) number.remove_prefix(1);
  const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
  long exponent = 0;
  if (mark < number.size()) {
    std::string_view digits = number.substr(mark + 1);
    const bool negative = digits.starts_with('-');
    if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc()) return !negative;  // an exponent beyond all lengths of text
    if (negative) exponent = -exponent;
  }
  const std::string_view digits = number.substr(0, mark);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  const long place =
      first < point ? static_cast<long>(point - first) : static_cast<long>(point) - static_cast<long>(first) + 1;
  return place + exponent > 0;
}

}  // namespace

template <typename Scalar>
Value parse_number(std::string_view field, Scalar& to) {
  if (std::ranges::find(kMissing, field) != kMissing.end()) return Value::kMissing;
  if (field.starts_with('+') && field.size() > 1 && field[1] != '-') field.remove_prefix(1);
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), to);
  if (error == std::errc::invalid_argument || end != field.data() + field.size()) return Value::kText;
  if (error == std::errc::result_out_of_range) {
    if (is_large(field)) return Value::kTooLarge;
    to = field.starts_with('-') ? -Scalar(0) : Scalar(0);
  }
  return std::isnan(to) ? Value::kText : Value::kNumber;  // "nan(…)" and the like, which nobody writes
}

template Value parse_number<float>(std::string_view, float&);
template Value parse_number<double>(std::string_view, double&);

}  // namespace csv
