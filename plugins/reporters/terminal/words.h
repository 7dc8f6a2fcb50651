// words.h: numbers as people say them, and columns of text.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_WORDS_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace shoal {

/// "2 min 51 s", "12.3 s".
std::string describe_seconds(double seconds);
/// "812 MB", "1.4 GB".
std::string describe_bytes(std::int64_t bytes);
/// "0.9888", "1.2e-05".
std::string describe_number(double value);

/// How many columns UTF-8 text takes where each character takes one.
int columns_of(const std::string& text);
/// The beginning of `text` that fits into `columns`, cut between characters.
std::string cut_to(const std::string& text, int columns);
/// With spaces behind it, at least `columns` wide.
std::string padded(std::string text, int columns);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_WORDS_H_
