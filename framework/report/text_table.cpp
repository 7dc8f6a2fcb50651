#include "framework/report/text_table.h"

#include <algorithm>

namespace shoal::host {
namespace {

/// How many columns a terminal gives to UTF-8 text of one-column characters.
std::size_t display_width(const std::string& text) {  // every byte that does not continue a character
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string align_columns(const std::vector<std::vector<std::string>>& lines, const std::vector<bool>& right,
                          std::size_t gap) {
  std::vector<std::size_t> widths(right.size(), 0);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
  std::string out;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string space(widths[i] - display_width(line[i]), ' ');
      row += (right[i] ? space + line[i] : line[i] + space) + std::string(gap, ' ');
    }
    out += row.erase(row.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string indent(const std::string& lines) {
  std::string out = "  ";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += lines[i];
    if (lines[i] == '\n' && i + 1 < lines.size()) out += "  ";
  }
  return out;
}

}  // namespace shoal::host
