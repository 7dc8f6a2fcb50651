#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_ROW_CHOICE_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_ROW_CHOICE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "framework/report/run_file.h"

namespace shoal::host {

/// The rows of which something is shown that has no room for all: one open, others folded away behind it.
struct RowChoice {
  std::optional<std::size_t> open = {};  ///< none where the row that was asked for has nothing to show
  std::vector<std::size_t> folded = {};  ///< the first of each other setting, then the others, all in the run's order
  std::size_t rows = 0;                  ///< that have something to show
  std::size_t different = 0;             ///< what they have, equal ones counted once
};

/// `result(row)` names what a row has: equal names for what is equal, of which one row is shown, and "" for nothing.
/// Open is `wanted`, or else the row with the best value of the first reported metric that says what is better; of
/// equals, and where no metric says, the first.
RowChoice choose_rows(const RunFile& run, std::optional<std::size_t> wanted,
                      const std::function<std::string(std::size_t)>& result);

/// "Row 3, k 10, seed 0.", or that it is the same in all rows: which row is open.
std::string describe_open(const RunFile& run, const RowChoice& choice);

/// "Open is row 7; others are folded below it, one of each setting first.": how choose_rows chose; "" of one row.
std::string how_chosen(const RunFile& run, std::optional<std::size_t> wanted);

/// "4 of 18 are shown; `shoal report RUN --row 5` opens row 5." where less is shown than there is, `shown` of the
/// folded ones among it; else "".
std::string what_is_not_shown(const RowChoice& choice, std::size_t shown);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_ROW_CHOICE_H_
