#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_SCALAR_FILE_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_SCALAR_FILE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
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

/// Reads lines of metrics.jsonl as they come into `series`, which are in the order in which they begin. A line that is
/// damaged, or of a row that the run has not, is passed over.
///
/// Lines as Shoal writes them are read where they stand, others by a whole reader of JSON: 10⁶ of ours take 0.3 s.
class ScalarReader {
 public:
  /// `series` must outlive it, and nobody else adds to them. `rows`: of the run.
  ScalarReader(std::size_t rows, std::vector<ScalarSeries>& series) : rows_(rows), series_(series) {}

  /// Whole lines; the end of the last may be missing.
  void read(std::string_view lines);

  /// "metrics.jsonl: line 2 is no scalar of this run, nor are 3 others; passed over"; "" where all are.
  std::string damage(const std::string& file) const;

 private:
  std::size_t find(std::string_view node, std::string_view name);

  std::size_t rows_;
  std::vector<ScalarSeries>& series_;
  std::map<std::string, std::size_t> numbers_;
  std::size_t last_ = 0;  // mostly a line is of the series after its forerunner's
  std::size_t lines_ = 0, bad_ = 0, first_bad_ = 0;
};

/// All of metrics.jsonl; a file that is not there is an empty one. `damaged` gets what was passed over, a sentence.
std::vector<ScalarSeries> read_scalar_file(const std::filesystem::path& file, std::size_t rows,
                                           std::vector<std::string>& damaged);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_SCALAR_FILE_H_
