#include "shoal/kernels/agreement.h"

#include <algorithm>
#include <cmath>

#include "expected_information.h"
#include "shoal/matrix.h"

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
std::int64_t squares(const std::vector<std::int64_t>& sizes) {
  std::int64_t out = 0;
  for (const std::int64_t size : sizes) out += size * size;
  return out;
}

/// I(labels; predicted) in nats.
double mutual_information(const Contingency& table) {
  const auto n = static_cast<double>(table.examples);
  double out = 0;
  for (const Contingency::Cell& cell : table.cells) {
    const auto count = static_cast<double>(cell.count);
    const auto expected = static_cast<double>(table.row_sums[static_cast<std::size_t>(cell.row)]) *
                          static_cast<double>(table.column_sums[static_cast<std::size_t>(cell.column)]);
    out += count / n * std::log(count * n / expected);
  }
  return std::max(out, 0.0);  // rounding alone leaves it below
}

}  // namespace

double nmi(const Contingency& table) {
  if (table.row_labels.size() == 1 && table.column_labels.size() == 1) return 1;
  const auto n = static_cast<double>(table.examples);
  const double mean_entropy = (entropy(table.row_sums, n) + entropy(table.column_sums, n)) / 2;
  return std::min(mutual_information(table) / mean_entropy, 1.0);  // rounding alone leaves [0, 1]
}

double ami(const Contingency& table) {
  const std::size_t rows = table.row_labels.size(), columns = table.column_labels.size();
  if (rows == columns && table.cells.size() == rows) return 1;  // the same partition
  if (rows == 1 || columns == 1) return 0;
  const auto n = static_cast<double>(table.examples);
  const double expected = expected_information(table.row_sums, table.column_sums, table.examples);
  const double mean_entropy = (entropy(table.row_sums, n) + entropy(table.column_sums, n)) / 2;
  return (mutual_information(table) - expected) / (mean_entropy - expected);
}

VMeasure v_measure(const Contingency& table) {
  const auto n = static_cast<double>(table.examples);
  const double information = mutual_information(table);
  const auto share = [&](const std::vector<std::int64_t>& sizes) {
    return sizes.size() == 1 ? 1 : std::min(information / entropy(sizes, n), 1.0);
  };
  VMeasure out{share(table.row_sums), share(table.column_sums), 0};
  const double sum = out.homogeneity + out.completeness;
  if (sum > 0) out.v = 2 * out.homogeneity * out.completeness / sum;
  return out;
}

RowMatrix<std::int64_t> pair_confusion(const Contingency& table) {
  std::int64_t cells = 0;
  for (const Contingency::Cell& cell : table.cells) cells += cell.count * cell.count;
  const std::int64_t rows = squares(table.row_sums), columns = squares(table.column_sums), n = table.examples;
  return RowMatrix<std::int64_t>{{n * n - rows - columns + cells, columns - cells}, {rows - cells, cells - n}};
}

double rand_index(const Contingency& table) {
  const RowMatrix<std::int64_t> pairs = pair_confusion(table);
  const std::int64_t right = pairs(0, 0) + pairs(1, 1), all = pairs.sum();
  return right == all ? 1 : static_cast<double>(right) / static_cast<double>(all);
}

double fowlkes_mallows(const Contingency& table) {
  const RowMatrix<std::int64_t> pairs = pair_confusion(table);
  const auto both = static_cast<double>(pairs(1, 1));
  if (both == 0) return 0;
  const auto in_labels = static_cast<double>(pairs.row(1).sum()),
             in_predicted = static_cast<double>(pairs.col(1).sum());
  return std::sqrt(both / in_labels) * std::sqrt(both / in_predicted);
}

double ari(const Contingency& table) {
  const RowMatrix<std::int64_t> pairs = pair_confusion(table);
  const auto both = static_cast<double>(pairs(1, 1)), neither = static_cast<double>(pairs(0, 0));
  const auto only_labels = static_cast<double>(pairs(1, 0)), only_predicted = static_cast<double>(pairs(0, 1));
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

double normalised_clustering_accuracy(const Contingency& table) {
  const Eigen::Index noise_rows = table.row_labels.front() == -1, noise_columns = table.column_labels.front() == -1;
  RowMatrix<double> shares = dense(table).cast<double>();
  for (Eigen::Index r = 0; r < shares.rows(); ++r)
    shares.row(r) /= static_cast<double>(table.row_sums[static_cast<std::size_t>(r)]);
  const Eigen::Index classes = shares.rows() - noise_rows;
  if (classes == 0) return 0;
  const double sum = max_weight_matching(shares.bottomRightCorner(classes, shares.cols() - noise_columns)).weight;
  if (classes == 1) return sum == 1 ? 1 : 0;
  return (sum - 1) / static_cast<double>(classes - 1);
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
