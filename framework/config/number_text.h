#ifndef SHOAL_FRAMEWORK_CONFIG_NUMBER_TEXT_H_
#define SHOAL_FRAMEWORK_CONFIG_NUMBER_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

namespace shoal::config {

/// The parts of a decimal number as written, `_` between digits taken out: -1_0.5e-3 is {true, "10", true, "5", "-3"}.
struct NumberText {
  bool negative = false;
  std::string whole;     ///< may be empty (.5)
  bool point = false;
  std::string fraction;  ///< may be empty (5.)
  std::string exponent;  ///< with a - where it is negative, without a + and leading zeros; empty without one

  bool is_integer() const { return !point && exponent.empty(); }
  bool leading_zero() const { return whole.size() > 1 && whole.front() == '0'; }

  /// 10, 10.5, 1.0e-3, 1.0e+5.
  std::string normalized() const;
};

/// The parts of `text` if it is a decimal number (with or without a leading zero), else nothing. Not .inf or .nan.
std::optional<NumberText> split_number(std::string_view text);

enum class Special { none, infinity, nan };

/// .inf, -.Inf, .NaN as in YAML; with `bare` also inf, -Infinity, NaN.
Special special_number(std::string_view text, bool bare);

std::string lower_case(std::string_view text);  ///< ASCII only

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_NUMBER_TEXT_H_
