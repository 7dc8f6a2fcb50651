#include "choose_rows.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "shoal/error.h"

namespace {

using Rows = std::vector<std::int64_t>;
using Sizes = std::map<std::int64_t, std::int64_t>;  // of a class, by label

std::int64_t label_of(std::span<const std::int64_t> labels, std::int64_t row) {
  return labels[static_cast<std::size_t>(row)];
}

Rows of_classes(const Rows& classes, std::int64_t examples, std::span<const std::int64_t> labels) {
  Rows rows(static_cast<std::size_t>(examples));
  std::iota(rows.begin(), rows.end(), 0);
  if (classes.empty()) return rows;
  for (const std::int64_t wanted : classes)
    shoal::require(std::ranges::find(labels, wanted) != labels.end(),
                   "'classes' names label {}, which none of {} examples has", wanted, examples);
  std::erase_if(rows,
                [&](std::int64_t row) { return std::ranges::find(classes, label_of(labels, row)) == classes.end(); });
  return rows;
}

Sizes sizes_of(const Rows& rows, std::span<const std::int64_t> labels) {
  Sizes out;
  for (const std::int64_t row : rows) ++out[label_of(labels, row)];
  return out;
}

// How many of every class, `count` in all: largest remainders.
Sizes shares(const Sizes& sizes, std::int64_t count, std::int64_t all) {
  struct Remainder {
    std::int64_t lost, label;
  };
  Sizes out;
  std::vector<Remainder> remainders;
  std::int64_t missing = count;
  for (const auto& [label, size] : sizes) {
    out[label] = count * size / all;
    missing -= out[label];
    remainders.push_back({count * size % all, label});
  }
  std::ranges::stable_sort(remainders, std::greater(),
                           &Remainder::lost);  // stable: the lowest label of equal ones first
  for (std::int64_t i = 0; i < missing; ++i) ++out[remainders[static_cast<std::size_t>(i)].label];
  return out;
}

// The first `room[c]` rows of every class c.
Rows first_of_each(const Rows& rows, std::span<const std::int64_t> labels, Sizes room) {
  Rows out;
  for (const std::int64_t row : rows)
    if (room[label_of(labels, row)]-- > 0) out.push_back(row);
  return out;
}

}  // namespace

std::vector<std::int64_t> choose_rows(const Choice& choice, std::int64_t examples, std::span<const std::int64_t> labels,
                                      shoal::Random random) {
  Rows rows = of_classes(choice.classes, examples, labels);
  if (choice.shuffle) random.shuffle(std::span(rows));
  const auto left = static_cast<std::int64_t>(rows.size());
  shoal::require(choice.from < left, "'from' leaves out {} of {} examples", choice.from, left);
  rows.erase(rows.begin(), rows.begin() + choice.from);

  if (choice.per_class) {
    Sizes room = sizes_of(rows, labels);
    for (auto& [label, size] : room) {
      shoal::require(size >= *choice.per_class, "'per_class' wants {} examples of label {}, but there are only {}",
                     *choice.per_class, label, size);
      size = *choice.per_class;
    }
    return first_of_each(rows, labels, room);
  }
  if (!choice.count) return rows;
  const std::int64_t all = left - choice.from;
  shoal::require(*choice.count <= all, "'count' wants {} examples, but there are only {}", *choice.count, all);
  if (choice.stratify) return first_of_each(rows, labels, shares(sizes_of(rows, labels), *choice.count, all));
  rows.resize(static_cast<std::size_t>(*choice.count));
  return rows;
}
