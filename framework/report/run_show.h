#ifndef SHOAL_FRAMEWORK_REPORT_RUN_SHOW_H_
#define SHOAL_FRAMEWORK_REPORT_RUN_SHOW_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "framework/report/run_file.h"

namespace shoal::host {

/// The rows of a run that differ in nothing but their seed.
struct ShownSetting {
  std::vector<std::pair<std::string, std::string>> settings = {};  ///< axis and label
  std::vector<const FileRow*> rows = {};

  /// Finite values of the rows that are done, or as far as they are, in their order.
  std::vector<double> values(const std::string& metric) const;
};

/// In the order of the run. They point into it.
std::vector<ShownSetting> settings_of(const RunFile& run);

/// "backend ours  k 10"; "all rows" for a run without a matrix.
std::string describe(const std::vector<std::pair<std::string, std::string>>& settings);

/// The label of an axis among `settings`; "" where it is none of theirs.
std::string label_of(const std::vector<std::pair<std::string, std::string>>& settings, const std::string& axis);

/// The run for people: what it came to, its nodes and their times, where and how it was made, its files.
std::string show_as_text(const RunFile& run);
nlohmann::ordered_json show_as_json(const RunFile& run);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RUN_SHOW_H_
