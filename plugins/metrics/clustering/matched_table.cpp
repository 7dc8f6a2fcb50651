#include "matched_table.h"

#include <algorithm>
#include <vector>

shoal::RowMatrix<std::int64_t> matched_table(const shoal::kernels::Contingency& table,
                                             const shoal::kernels::Matching& matching) {
  const std::int64_t noise_rows = table.row_labels.front() == -1;
  const std::int64_t noise_columns = table.column_labels.front() == -1;
  const std::int64_t classes = static_cast<std::int64_t>(table.row_labels.size()) - noise_rows;
  const std::int64_t clusters = static_cast<std::int64_t>(table.column_labels.size()) - noise_columns;

  std::vector<std::int64_t> place(table.column_labels.size(), -1);  // the column of the result for each of the table's
  for (std::int64_t r = 0; r < classes; ++r) {
    const std::int64_t column = matching.column_of[static_cast<std::size_t>(r + noise_rows)];
    if (column != -1) place[static_cast<std::size_t>(column)] = r;
  }
  std::int64_t left_over = classes;
  for (auto p = place.begin() + noise_columns; p != place.end(); ++p)
    if (*p == -1) *p = left_over++;

  shoal::RowMatrix<std::int64_t> out = shoal::RowMatrix<std::int64_t>::Zero(classes, std::max(classes, clusters));
  for (const auto& cell : table.cells)
    if (cell.row >= noise_rows && cell.column >= noise_columns)
      out(cell.row - noise_rows, place[static_cast<std::size_t>(cell.column)]) = cell.count;
  return out;
}
