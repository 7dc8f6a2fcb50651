#ifndef SHOAL_FRAMEWORK_REPORT_COMPARISON_TABLE_H_
#define SHOAL_FRAMEWORK_REPORT_COMPARISON_TABLE_H_

#include <string>
#include <vector>

#include "framework/report/comparison.h"

namespace shoal::host {

/// Cells ready to be printed.
struct Table {
  std::vector<std::string> head;
  std::vector<bool> numeric;  ///< columns set to the right
  std::vector<std::vector<std::string>> lines;
  std::vector<Remark> remarks = {};  ///< of this table alone, before the comparison's
};

/// One line a setting: columns that differ, rows done of planned, each metric as mean ± sd; of the judged metric (with
/// `all_differences` of every one) the paired difference with its interval, the verdict, wins–ties–losses; times of
/// fits as median [least–largest] and as a multiple of the baseline's; the largest memory of the process.
///
/// Verdicts: "better" or "worse" where the interval excludes 0, the difference is above `practical` and there are six
/// pairs or more; "≈" where there are and it does not; "=" where all pairs are equal; "?" below six pairs.
Table table_of(const Comparison& comparison, double practical = 0, bool all_differences = false);

/// The judged metric alone, the labels of `column` side by side; behind them the mean rank over the labels, 1 the best,
/// where all have the metric. With five labels or more, which are then taken for datasets, Friedman's test of all lines
/// stands under the table, and Wilcoxon's of each against the baseline in it, adjusted by Holm. Seeds are averaged
/// first: they are never datasets. Throws std::runtime_error where `column` is none.
Table pivot_of(const Comparison& comparison, const std::string& column);

/// What all rows have in common, in one line: experiments, equal axes, data, threads, machine.
std::string heading_of(const Comparison& comparison);

enum class TableFormat { text, markdown, latex, csv, html };

/// The table in one of the formats, with heading and remarks where the format has room for them (all but CSV).
std::string render(const Comparison& comparison, const Table& table, TableFormat format);

/// The whole comparison for programs: every metric's values, differences, p, times, remarks, and the runs' folders and
/// start, so that it can be made again.
std::string to_json(const Comparison& comparison);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_COMPARISON_TABLE_H_
