#include "framework/config/number_text.h"

#include <algorithm>
#include <cstddef>

namespace shoal::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes digits from `text` at `at`; a `_` counts only between two digits.
std::string take_digits(std::string_view text, std::size_t& at) {
  std::string digits;
  while (at < text.size()) {
    const bool between = text[at] == '_' && !digits.empty() && at + 1 < text.size() && is_digit(text[at + 1]);
    if (is_digit(text[at])) {
      digits += text[at];
    } else if (!between || text[at - 1] == '_') {
      break;
    }
    ++at;
  }
  return digits;
}

}  // namespace

std::optional<NumberText> split_number(std::string_view text) {
  NumberText number;
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    number.negative = text[0] == '-';
    at = 1;
  }
  number.whole = take_digits(text, at);
  if (at < text.size() && text[at] == '.') {
    number.point = true;
    ++at;
    number.fraction = take_digits(text, at);
  }
  if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool negative = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    std::string digits = take_digits(text, at);
    if (digits.empty()) return std::nullopt;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    number.exponent = (negative && digits != "0" ? "-" : "") + digits;
  }
  return at == text.size() ? std::optional(number) : std::nullopt;
}

std::string NumberText::normalized() const {
  std::string out = (negative ? "-" : "") + (whole.empty() ? "0" : whole);
  if (is_integer()) return out;
  out += "." + (fraction.empty() ? "0" : fraction);
  if (!exponent.empty()) out += (exponent[0] == '-' ? "e" : "e+") + exponent;
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Special special_number(std::string_view text, bool bare) {
  std::string word = lower_case(text);
  const bool sign = !word.empty() && (word[0] == '-' || word[0] == '+');
  if (sign) word.erase(0, 1);
  if (word == ".inf" || (bare && (word == "inf" || word == "infinity"))) return Special::infinity;
  if (!sign && (word == ".nan" || (bare && word == "nan"))) return Special::nan;
  return Special::none;
}

}  // namespace shoal::config
