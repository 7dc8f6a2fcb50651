// table.h: the numbers and the labels of a file of comma-separated values.
#ifndef SHOAL_DATASETS_CSV_TABLE_H_
#define SHOAL_DATASETS_CSV_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] csv {

enum class Header { kAuto, kYes, kNo };

struct TableOptions {
  std::optional<char> delimiter = {};  ///< none: of , ; tab and | the one that is most often in the first line
  Header header = Header::kAuto;
  std::vector<std::string> columns = {};  ///< names or numbers (see choose_columns); none: all of numbers but the label
  std::string label = {};                 ///< name or number; empty: there are no labels
  bool drop_missing = false;              ///< leave out rows with a missing value, instead of refusing the file
};

/// A table in memory.
template <typename Scalar>
struct Table {
  shoal::Index rows = 0, columns = 0;
  std::vector<Scalar> values;            ///< (rows, columns)
  std::vector<std::int64_t> labels;      ///< (rows), or none
  std::vector<std::string> class_names;  ///< of labels that are text, sorted
  std::vector<std::string> notes;        ///< what was decided, for the log: a line each
};

/// Reads the table that is `bytes`; `name` is for messages. Numbers are the nearest of their type, whatever the locale.
///
/// A column's name wins over its number; numbers count from 1, −1 is the last column. Whether the first record is a
/// header is told, where nothing is said, by a column in which it has text and the second record has none; a first
/// record 0, 1, 2, … could be either and is refused. Without `columns`, a column counts as one of numbers where its
/// first value that is not missing is one, and all others must then be.
/// Labels that all are whole numbers stay; others are text, and become the numbers of their sorted names.
///
/// Memory   the table, and 16 bytes for a label while it is read. Threads: the pool; the result does not depend on it.
/// Throws InputError  naming line and column: a record with another number of fields than the first, a value that is
///                    no number, is missing (unless such rows are left out) or too large, a label below 0, quotes out
///                    of order; a column that is not there or twice; nothing left
///        Cancelled   the user stopped the run
template <typename Scalar>  // float or double
Table<Scalar> read_table(shoal::Context& context, std::string_view bytes, const std::string& name,
                         const TableOptions& options);

}  // namespace csv

#endif  // SHOAL_DATASETS_CSV_TABLE_H_
