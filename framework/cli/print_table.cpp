#include "framework/cli/print_table.h"

#include <algorithm>
#include <cstdio>

#include "framework/report/text_table.h"

namespace shoal::cli {

void print_table(const std::vector<std::vector<std::string>>& rows, bool markdown) {
  if (rows.empty()) return;
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], host::display_width(row[i]));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = markdown ? "|" : " ";
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const bool last = i + 1 == rows[r].size();
      line += " " + rows[r][i];
      if (markdown) line += " |";
      else if (!last) line.append(widths[i] - host::display_width(rows[r][i]) + 1, ' ');
    }
    std::printf("%s\n", line.c_str());
    if (markdown && r == 0) {
      line = "|";
      for (std::size_t i = 0; i < rows[r].size(); ++i) line += "---|";
      std::printf("%s\n", line.c_str());
    }
  }
}

}  // namespace shoal::cli
