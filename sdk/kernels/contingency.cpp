#include <algorithm>

#include "shoal/kernels/agreement.h"

namespace shoal::kernels {
namespace {

void require_labels(std::span<const std::int64_t> labels, const char* which) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    require(labels[i] >= -1, "'{}' hold {} at row {}; a label is at least 0, or −1 for noise", which, labels[i], i);
}

/// The labels that occur, ascending.
std::vector<std::int64_t> distinct(std::span<const std::int64_t> labels) {
  std::vector<std::int64_t> out(labels.begin(), labels.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::int64_t index_of(const std::vector<std::int64_t>& sorted, std::int64_t label) {
  return std::lower_bound(sorted.begin(), sorted.end(), label) - sorted.begin();
}

bool starts_with_noise(const std::vector<std::int64_t>& labels) { return !labels.empty() && labels.front() == -1; }

}  // namespace

Contingency contingency(std::span<const std::int64_t> labels, std::span<const std::int64_t> predicted) {
  require(labels.size() == predicted.size(), "'labels' are of {} examples, but 'predicted' of {}", labels.size(),
          predicted.size());
  require(!labels.empty(), "needs at least 1 example, but there are 0");
  require_labels(labels, "labels");
  require_labels(predicted, "predicted");

  Contingency out;
  out.examples = static_cast<std::int64_t>(labels.size());
  out.row_labels = distinct(labels);
  out.column_labels = distinct(predicted);
  out.row_sums.assign(out.row_labels.size(), 0);
  out.column_sums.assign(out.column_labels.size(), 0);

  const auto columns = static_cast<std::int64_t>(out.column_labels.size());
  std::vector<std::int64_t> met(labels.size());  // for each example its cell: row · columns + column; below N² < 2⁶³
  for (std::size_t i = 0; i < met.size(); ++i)
    met[i] = index_of(out.row_labels, labels[i]) * columns + index_of(out.column_labels, predicted[i]);
  std::sort(met.begin(), met.end());
  for (std::size_t from = 0; from < met.size();) {
    const std::size_t to = static_cast<std::size_t>(std::upper_bound(met.begin(), met.end(), met[from]) - met.begin());
    const Contingency::Cell cell{met[from] / columns, met[from] % columns, static_cast<std::int64_t>(to - from)};
    out.row_sums[static_cast<std::size_t>(cell.row)] += cell.count;
    out.column_sums[static_cast<std::size_t>(cell.column)] += cell.count;
    out.cells.push_back(cell);
    from = to;
  }
  return out;
}

RowMatrix<std::int64_t> dense(const Contingency& table) {
  RowMatrix<std::int64_t> out = RowMatrix<std::int64_t>::Zero(static_cast<Eigen::Index>(table.row_labels.size()),
                                                              static_cast<Eigen::Index>(table.column_labels.size()));
  for (const Contingency::Cell& cell : table.cells) out(cell.row, cell.column) = cell.count;
  return out;
}

Matching match(const Contingency& table) {
  const Eigen::Index noise_rows = starts_with_noise(table.row_labels);
  const Eigen::Index noise_columns = starts_with_noise(table.column_labels);
  const RowMatrix<std::int64_t> counts = dense(table);
  const Matching found = max_weight_matching(
      counts.bottomRightCorner(counts.rows() - noise_rows, counts.cols() - noise_columns).cast<double>());
  Matching out{std::vector<std::int64_t>(table.row_labels.size(), -1), found.weight};
  auto to = out.column_of.begin() + noise_rows;
  for (const std::int64_t column : found.column_of) *to++ = column == -1 ? -1 : column + noise_columns;
  return out;
}

}  // namespace shoal::kernels
