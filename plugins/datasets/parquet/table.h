// table.h: the numbers and the labels of a Parquet file.
#ifndef SHOAL_DATASETS_PARQUET_TABLE_H_
#define SHOAL_DATASETS_PARQUET_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] parquet {

struct TableOptions {
  std::vector<std::string> columns = {};  ///< names or numbers; none: all of numbers but the label and pandas' index
  std::string label = {};                 ///< name or number; empty: there are no labels
  std::string missing = "error";          ///< or "drop": leave out rows with a missing value
  std::string dtype =
      "auto";  ///< float32, float64; auto: the smallest of uint8, float32, float64 that holds each value
};

/// A table in memory.
struct Table {
  shoal::Index rows = 0, columns = 0;
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint8_t>> values;  ///< (rows, columns)
  std::vector<std::int64_t> labels;                                                         ///< (rows), or none
  std::vector<std::string> class_names;  ///< of labels that are text, sorted
};

/// Reads the table that is `bytes`, through pyarrow; `name` is for messages. What was left out is said in the log.
///
/// A column's name wins over its number; numbers count from 1, −1 is the last column. Integers, floats, decimals and
/// bools (0 and 1) are numbers, also where a dictionary holds them; integers and decimals become the nearest of their
/// dtype. Null and NaN are missing values. Labels are whole numbers, or text that becomes the numbers of its sorted
/// names. Rows count from 0.
///
/// Memory   the table, a batch of 65536 rows, and the text of labels. Threads: pyarrow's, as many as the host's.
/// Throws InputError   the bytes are no Parquet file, or a damaged one; no rows; a column that is not there, twice, or
///                     not of numbers; naming row and column: a missing value (unless such rows are left out), one too
///                     large, a label that is none
///        Unsupported  pyarrow is not installed, or the chosen python is of another version
///        Cancelled    the user stopped the run
Table read_table(shoal::Context& context, std::string_view bytes, const std::string& name, const TableOptions& options);

}  // namespace parquet

#endif  // SHOAL_DATASETS_PARQUET_TABLE_H_
