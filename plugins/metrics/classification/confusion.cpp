#include "confusion.h"

#include <algorithm>
#include <tuple>

shoal::RowMatrix<std::int64_t> confusion(const shoal::kernels::Contingency& table) {
  constexpr std::int64_t kMaxClasses = 32768;
  for (const auto& [labels, sums, port] : {std::tuple(&table.row_labels, &table.row_sums, "labels"),
                                           std::tuple(&table.column_labels, &table.column_sums, "predicted")})
    shoal::require(labels->front() >= 0, "{} of the {} '{}' are −1, noise; a class is at least 0", sums->front(),
                   table.examples, port);
  const std::int64_t classes = 1 + std::max(table.row_labels.back(), table.column_labels.back());
  shoal::require(classes <= kMaxClasses, "a table of confusion takes at most {} classes, but classes reach {}",
                 kMaxClasses, classes - 1);

  shoal::RowMatrix<std::int64_t> out = shoal::RowMatrix<std::int64_t>::Zero(classes, classes);
  for (const auto& cell : table.cells)
    out(table.row_labels[static_cast<std::size_t>(cell.row)],
        table.column_labels[static_cast<std::size_t>(cell.column)]) = cell.count;
  return out;
}
