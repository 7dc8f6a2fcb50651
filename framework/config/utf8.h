#ifndef SHOAL_FRAMEWORK_CONFIG_UTF8_H_
#define SHOAL_FRAMEWORK_CONFIG_UTF8_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace shoal::config {

/// The next code point of a text, and how many bytes it took.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = true;  ///< false: a byte that starts no UTF-8 sequence (overlong, surrogate, cut off); `value` is U+FFFD
};

/// Decodes the code point at byte `at` of `text`, at < text.size().
CodePoint decode(std::string_view text, std::size_t at);

/// The byte where `text` first is not UTF-8.
std::optional<std::size_t> first_invalid_byte(std::string_view text);

std::size_t count_code_points(std::string_view text);

/// Columns a terminal gives to a code point: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
std::size_t display_width(char32_t code_point);

/// A control character, or one that turns the direction of text: never to be printed as it is.
bool is_unprintable(char32_t code_point);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_UTF8_H_
