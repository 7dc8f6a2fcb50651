// choose_rows.h: which rows of a dataset are a subset of it.
#ifndef SHOAL_DATASETS_CHOOSE_ROWS_H_
#define SHOAL_DATASETS_CHOOSE_ROWS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "shoal/random.h"

/// What to choose, in the order in which it is applied.
struct Choice {
  std::vector<std::int64_t> classes = {};      ///< keep the examples of these labels; empty: of all
  bool shuffle = false;                        ///< put what is left into a random order
  std::int64_t from = 0;                       ///< leave out that many
  std::optional<std::int64_t> count = {};      ///< then take that many; absent: all
  bool stratify = false;                       ///< with count: of every class its share, to one
  std::optional<std::int64_t> per_class = {};  ///< or: take that many of every class

  bool needs_labels() const { return !classes.empty() || stratify || per_class.has_value(); }
};

/// The chosen rows, in their order; without `shuffle` that is the dataset's. Within a class the first ones are taken.
/// `labels` (N) are those of the dataset, or empty where the choice needs none; `random` is used by shuffle alone.
/// Shares are count · size / all, rounded down; what is missing then goes to the classes that lost most, lowest label
/// first. Throws InputError  more is wanted than there is: nothing is ever capped
std::vector<std::int64_t> choose_rows(const Choice& choice, std::int64_t examples, std::span<const std::int64_t> labels,
                                      shoal::Random random);

#endif  // SHOAL_DATASETS_CHOOSE_ROWS_H_
