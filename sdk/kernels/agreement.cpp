#include "shoal/kernels/agreement.h"

#include <algorithm>
#include <cmath>

namespace shoal::kernels {
namespace {

double entropy(const std::vector<std::int64_t>& sizes, double examples) {
  double out = 0;
  for (const std::int64_t size : sizes) {
    const double share = static_cast<double>(size) / examples;
    out -= share * std::log(share);
  }
  return out;
}

/// Σ size², exact below 3·10⁹ examples.
double sum_of_squares(const std::vector<std::int64_t>& sizes) {
  std::int64_t out = 0;
  for (const std::int64_t size : sizes) out += size * size;
  return static_cast<double>(out);
}

}  // namespace

double nmi(const Contingency& table) {
  if (table.row_labels.size() == 1 && table.column_labels.size() == 1) return 1;
  const auto n = static_cast<double>(table.examples);
  double information = 0;
  for (const Contingency::Cell& cell : table.cells) {
    const auto count = static_cast<double>(cell.count);
    const auto expected = static_cast<double>(table.row_sums[static_cast<std::size_t>(cell.row)]) *
                          static_cast<double>(table.column_sums[static_cast<std::size_t>(cell.column)]);
    information += count / n * std::log(count * n / expected);
  }
  const double mean_entropy = (entropy(table.row_sums, n) + entropy(table.column_sums, n)) / 2;
  return std::clamp(information / mean_entropy, 0.0, 1.0);  // rounding alone leaves [0, 1]
}

double ari(const Contingency& table) {
  // Ordered pairs of examples, by whether each labelling puts them together.
  const auto n = static_cast<double>(table.examples);
  std::vector<std::int64_t> counts;
  for (const Contingency::Cell& cell : table.cells) counts.push_back(cell.count);
  const double squares = sum_of_squares(counts);
  const double rows = sum_of_squares(table.row_sums);
  const double columns = sum_of_squares(table.column_sums);
  const double both = squares - n;
  const double only_labels = rows - squares;
  const double only_predicted = columns - squares;
  const double neither = n * n - rows - columns + squares;
  if (only_labels == 0 && only_predicted == 0) return 1;
  return 2 * (both * neither - only_labels * only_predicted) /
         ((both + only_labels) * (only_labels + neither) + (both + only_predicted) * (only_predicted + neither));
}

double purity(const Contingency& table) {
  std::vector<std::int64_t> commonest(table.column_labels.size(), 0);
  for (const Contingency::Cell& cell : table.cells) {
    const auto column = static_cast<std::size_t>(cell.column);
    const bool noise = table.row_labels[static_cast<std::size_t>(cell.row)] == -1 || table.column_labels[column] == -1;
    if (!noise) commonest[column] = std::max(commonest[column], cell.count);
  }
  std::int64_t right = 0;
  for (const std::int64_t count : commonest) right += count;
  return static_cast<double>(right) / static_cast<double>(table.examples);
}

double clustering_accuracy(const Contingency& table) {
  return match(table).weight / static_cast<double>(table.examples);
}

double accuracy(std::span<const std::int64_t> labels, std::span<const std::int64_t> predicted) {
  const Contingency table = contingency(labels, predicted);
  std::int64_t right = 0;
  for (const Contingency::Cell& cell : table.cells) {
    const std::int64_t label = table.row_labels[static_cast<std::size_t>(cell.row)];
    if (label != -1 && label == table.column_labels[static_cast<std::size_t>(cell.column)]) right += cell.count;
  }
  return static_cast<double>(right) / static_cast<double>(table.examples);
}

}  // namespace shoal::kernels
