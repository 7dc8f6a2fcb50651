#include "framework/report/text_table.h"

#include <algorithm>

namespace shoal::host {

std::size_t display_width(const std::string& text) {  // every byte that does not continue a character
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

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

}  // namespace shoal::host
