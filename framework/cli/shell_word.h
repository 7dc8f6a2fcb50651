#ifndef SHOAL_FRAMEWORK_CLI_SHELL_WORD_H_
#define SHOAL_FRAMEWORK_CLI_SHELL_WORD_H_

#include <string>

namespace shoal::cli {

/// `word` in quotes, as a shell reads it back.
inline std::string in_quotes(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_SHELL_WORD_H_
