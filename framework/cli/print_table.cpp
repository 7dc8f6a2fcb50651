#include "framework/cli/print_table.h"

#include <cstdio>

#include "framework/report/text_table.h"

namespace shoal::cli {
namespace {

void print_markdown(const std::vector<std::vector<std::string>>& rows) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::printf("|");
    for (const std::string& cell : rows[r]) std::printf(" %s |", cell.c_str());
    std::printf("\n");
    if (r > 0) continue;
    std::printf("|");
    for (std::size_t i = 0; i < rows[0].size(); ++i) std::printf("---|");
    std::printf("\n");
  }
}

}  // namespace

void print_table(const std::vector<std::vector<std::string>>& rows, bool markdown) {
  if (markdown) return print_markdown(rows);
  if (rows.empty()) return;
  std::fputs(host::indent(host::align_columns(rows, std::vector<bool>(rows[0].size(), false), 2)).c_str(), stdout);
}

}  // namespace shoal::cli
