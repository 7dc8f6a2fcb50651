#include <algorithm>
#include <utility>

#include "framework/config/utf8.h"
#include "framework/config/yaml_builder.h"

namespace shoal::config {
namespace {
constexpr std::string_view kSpace = " \t\n";
constexpr std::string_view kWordEnd = " \t\n,[]{}";
}  // namespace

MarkedText::MarkedText(std::shared_ptr<const Source> source, std::string text, std::size_t first_line)
    : source_(std::move(source)), text_(std::move(text)), first_line_(first_line), line_starts_{0} {
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') line_starts_.push_back(at + 1);
  }
}

std::size_t MarkedText::offset(const YAML::Mark& mark) const {
  if (mark.is_null() || mark.line < 0 || mark.column < 0) return 0;
  const auto line = static_cast<std::size_t>(mark.line);
  if (line >= line_starts_.size()) return text_.size();
  return std::min(line_starts_[line] + static_cast<std::size_t>(mark.column), text_.size());
}

Place MarkedText::place(std::size_t offset, std::size_t length) const {
  if (offset >= text_.size() || text_.find_first_not_of(kSpace, offset) == std::string::npos) {
    const std::size_t last = text_.find_last_not_of(kSpace);
    offset = last == std::string::npos ? 0 : last + 1;
  }
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::size_t>(next - line_starts_.begin()) - 1;
  const std::string_view shown = source_->line(first_line_ + line);
  const std::size_t column = std::min(offset - line_starts_[line], shown.size());
  const std::size_t code_points = count_code_points(shown.substr(column, length));
  return {source_, first_line_ + line, 1 + count_code_points(shown.substr(0, column)),
          std::max<std::size_t>(code_points, 1)};
}

std::string_view MarkedText::word(std::size_t offset) const {
  const std::string_view rest = std::string_view(text_).substr(std::min(offset, text_.size()));
  return rest.substr(0, rest.find_first_of(kWordEnd));
}

std::size_t MarkedText::skip_properties(std::size_t offset) const {
  while (offset < text_.size() && (text_[offset] == '&' || text_[offset] == '!')) {
    offset = std::min(text_.find_first_of(kWordEnd, offset), text_.size());
    while (offset < text_.size() && (kSpace.find(text_[offset]) != std::string_view::npos || text_[offset] == '#')) {
      offset = text_[offset] == '#' ? std::min(text_.find('\n', offset), text_.size()) : offset + 1;
    }
  }
  return offset;
}

std::optional<std::size_t> MarkedText::behind_quotes(std::size_t offset) const {
  const char quote = text_[offset];
  for (std::size_t at = offset + 1; at < text_.size(); ++at) {
    if (quote == '"' && text_[at] == '\\') {
      ++at;
    } else if (text_[at] == quote) {
      if (quote == '"' || at + 1 == text_.size() || text_[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return std::nullopt;
}

std::size_t MarkedText::scalar_length(std::size_t offset, const std::string& value) const {
  std::string_view line = std::string_view(text_).substr(std::min(offset, text_.size()));
  line = line.substr(0, line.find('\n'));
  if (line.empty()) return 0;  // a tag and nothing behind it
  if (line[0] == '|' || line[0] == '>') return 1;
  if (line[0] == '\'' || line[0] == '"')
    return std::min(behind_quotes(offset).value_or(text_.size()) - offset, line.size());
  return line.starts_with(value) ? value.size() : line.find_last_not_of(" \t") + 1;
}

}  // namespace shoal::config
