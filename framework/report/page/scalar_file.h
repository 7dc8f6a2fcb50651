#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_SCALAR_FILE_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_SCALAR_FILE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace shoal::host {

struct SeriesPoint {
  std::int64_t step = 0;
  double value = 0;  ///< NaN where it was not finite
};

/// One scalar of one node, over its steps in every row.
struct ScalarSeries {
  std::string node = {}, name = {};
  std::vector<std::vector<SeriesPoint>> rows = {};  ///< one for each row of the run, in the order reported
};

/// Reads metrics.jsonl, a line a scalar, the series in the order in which they begin. A file that is not there is an
/// empty one. A line that is damaged, or of a row that the run has not, is passed over; `damaged` gets a sentence with
/// the first such line and how many there are.
///
/// Lines as Shoal writes them are read where they stand, others by a whole reader of JSON: 10⁶ of ours take 0.3 s.
std::vector<ScalarSeries> read_scalar_file(const std::filesystem::path& file, std::size_t rows,
                                           std::vector<std::string>& damaged);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_SCALAR_FILE_H_
