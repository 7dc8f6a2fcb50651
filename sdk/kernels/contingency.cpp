#include <algorithm>
#include <utility>

#include "shoal/kernels/agreement.h"
#include "shoal/matrix.h"

namespace shoal::kernels {
namespace {

void require_labels(std::span<const std::int64_t> labels, const char* which) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    require(labels[i] >= -1, "'{}' hold {} at row {}; a label is at least 0, or −1 for noise", which, labels[i], i);
}

// Tables of so many counters are worth more than a search for each of n examples.
bool fits_a_table(std::uint64_t counters, std::size_t n) { return counters <= 4 * std::uint64_t{n} + 1024; }

/// The labels that occur, ascending, and of every example the place of its label among them.
struct Places {
  std::vector<std::int64_t> labels, of;
};

Places search_places(std::span<const std::int64_t> labels) {
  Places out{{labels.begin(), labels.end()}, {}};
  std::sort(out.labels.begin(), out.labels.end());
  out.labels.erase(std::unique(out.labels.begin(), out.labels.end()), out.labels.end());
  out.of.reserve(labels.size());
  for (const std::int64_t label : labels)
    out.of.push_back(std::lower_bound(out.labels.begin(), out.labels.end(), label) - out.labels.begin());
  return out;
}

Places find_places(std::span<const std::int64_t> labels) {
  const auto [least, greatest] = std::minmax_element(labels.begin(), labels.end());
  const std::uint64_t range = static_cast<std::uint64_t>(*greatest) - static_cast<std::uint64_t>(*least) + 1;
  if (!fits_a_table(range, labels.size())) return search_places(labels);
  Places out;
  std::vector<std::int64_t> place(range, 0);
  for (const std::int64_t label : labels) place[static_cast<std::size_t>(label - *least)] = 1;
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (place[i] == 0) continue;
    place[i] = static_cast<std::int64_t>(out.labels.size());
    out.labels.push_back(*least + static_cast<std::int64_t>(i));
  }
  out.of.reserve(labels.size());
  for (const std::int64_t label : labels) out.of.push_back(place[static_cast<std::size_t>(label - *least)]);
  return out;
}

/// Calls use(number, how often) for the numbers that occur, ascending; all are in [0, size).
template <typename Use>
void count_each(std::vector<std::int64_t> numbers, std::uint64_t size, Use&& use) {
  if (fits_a_table(size, numbers.size())) {
    std::vector<std::int64_t> counts(size, 0);
    for (const std::int64_t number : numbers) ++counts[static_cast<std::size_t>(number)];
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i] > 0) use(static_cast<std::int64_t>(i), counts[i]);
    return;
  }
  std::sort(numbers.begin(), numbers.end());
  for (auto from = numbers.begin(); from != numbers.end();) {
    const auto to = std::upper_bound(from, numbers.end(), *from);
    use(*from, static_cast<std::int64_t>(to - from));
    from = to;
  }
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
  Places rows = find_places(labels), columns = find_places(predicted);
  const auto width = static_cast<std::int64_t>(columns.labels.size());
  // For each example its cell: row · width + column, below N² < 2⁶³.
  for (std::size_t i = 0; i < rows.of.size(); ++i) rows.of[i] = rows.of[i] * width + columns.of[i];
  out.row_sums.assign(rows.labels.size(), 0);
  out.column_sums.assign(columns.labels.size(), 0);
  count_each(std::move(rows.of), rows.labels.size() * columns.labels.size(), [&](std::int64_t met, std::int64_t count) {
    const Contingency::Cell cell{met / width, met % width, count};
    out.row_sums[static_cast<std::size_t>(cell.row)] += count;
    out.column_sums[static_cast<std::size_t>(cell.column)] += count;
    out.cells.push_back(cell);
  });
  out.row_labels = std::move(rows.labels);
  out.column_labels = std::move(columns.labels);
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
