#ifndef SHOAL_FRAMEWORK_REPORT_SUMMARY_H_
#define SHOAL_FRAMEWORK_REPORT_SUMMARY_H_

#include <string>
#include <utility>
#include <vector>

#include "framework/report/numbers.h"
#include "framework/run/record.h"

namespace shoal::host {

/// The rows of one setting: all that differ in their seed alone.
struct Setting {
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<const RowRecord*> rows;  ///< in the order of the run
  std::size_t done = 0;
};
std::vector<Setting> settings_of(const RunRecord& record);
std::vector<Setting> settings_of(RunRecord&&) = delete;  // they point into the record

/// The names of the metrics in `report:`, or of all metrics where nothing is reported, in the order of the plan.
std::vector<std::string> headline_metrics(const RunRecord& record);

/// The values of `metric` in the setting's rows that were done and have it.
std::vector<double> values_of(const Setting& setting, const std::string& metric);

/// A line for each setting: its axes, rows done of planned, each headline metric as mean ± sd over seeds, seconds.
std::string summary_table(const RunRecord& record);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_SUMMARY_H_
