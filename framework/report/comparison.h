#ifndef SHOAL_FRAMEWORK_REPORT_COMPARISON_H_
#define SHOAL_FRAMEWORK_REPORT_COMPARISON_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/report/paired.h"
#include "framework/report/run_file.h"

namespace shoal::host {

/// What a user may ask of a comparison.
struct CompareOptions {
  std::vector<std::string> metrics = {};   ///< shown, the first is judged; empty: `compare:`, else `report:`.
                                           ///< "ACC=a.acc|b.acc": a column ACC, of what a row has
  bool all_metrics = false;                ///< every metric that the runs have
  std::vector<std::string> baseline = {};  ///< "axis=label"s, or {"none"}; empty: `compare:` of the first run that says
                                           ///< one of these columns, else the first column's first label
  std::vector<std::pair<std::string, std::string>> where = {};  ///< only rows with this label on this axis
  std::string sort = {};  ///< a metric or a column; "": as the rows stand in the runs
  double practical = 0;   ///< a smaller difference of the judged metric counts as none
};

/// Values of a metric over the seeds of a setting.
struct Measured {
  std::vector<double> values = {};            ///< of the rows that were done and have a finite one
  std::vector<std::int64_t> seeds = {};       ///< of each value, ascending
  std::vector<std::int64_t> not_finite = {};  ///< seeds whose value is no number, and so not among the values
  std::optional<Paired> against =
      {};                  ///< the baseline's on the same seeds; absent for the baseline itself, or without one
  double adjusted_p = 1;   ///< `against->p` after Holm, over all rows shown
  std::size_t copies = 0;  ///< pairs left out: the same two computations as another seed's
};

/// Wall times of a clusterer's fits over seeds and repetitions.
struct Times {
  std::vector<double> seconds;
  std::optional<double> ratio;  ///< median ÷ the baseline's median: above 1 is slower
};

/// One line: all rows of the runs that differ in nothing but their seed.
struct ComparedSetting {
  std::vector<std::string> labels = {};  ///< of the columns; "" where a setting has none
  std::size_t planned = 0, done = 0;
  std::vector<std::int64_t> seeds = {};  ///< of those done
  bool is_baseline = false;
  std::optional<std::size_t> baseline = {};  ///< its line in Comparison::settings
  std::vector<Measured> metrics = {};        ///< parallel to Comparison::metrics
  std::vector<Times> times = {};             ///< parallel to Comparison::timed
  std::int64_t peak_rss_bytes = 0;           ///< the largest over its rows
  std::vector<const FileRow*> rows = {};     ///< in the order of the runs
  std::vector<const RunFile*> runs = {};     ///< of each row
};

/// Something under the table that a reader must know before he believes it.
struct Remark {
  std::string id;  ///< "F802"; see docs/comparing.md
  std::string text;
};

/// A table over settings. It points into the runs that it was made from.
struct Comparison {
  std::vector<std::string> names;                          ///< of the experiments
  std::vector<std::string> columns;                        ///< axes and settings that differ
  std::vector<std::pair<std::string, std::string>> equal;  ///< axes that do not, and their one label
  std::vector<std::string> metrics;                        ///< the first is judged
  std::vector<int> better;                                 ///< +1, −1, 0: not said
  std::vector<std::string> timed;                          ///< nodes whose fits were timed
  std::string baseline;                                    ///< "backend ours"; "": none
  std::vector<ComparedSetting> settings;
  std::vector<Remark> remarks;
};

/// "axis=label" as the two; nothing where there is no =.
std::optional<std::pair<std::string, std::string>> split_setting(const std::string& text);

/// Compares what the runs came to. Rows of several runs with equal settings and different seeds are one setting; with
/// equal seeds, a column `run` tells them apart.
/// Throws std::runtime_error  a metric, axis or label that no run has (with those there are), no rows left
Comparison compare(const std::vector<RunFile>& runs, const CompareOptions& options);
Comparison compare(std::vector<RunFile>&&, const CompareOptions&) = delete;

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_COMPARISON_H_
