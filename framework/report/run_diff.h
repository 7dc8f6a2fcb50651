#ifndef SHOAL_FRAMEWORK_REPORT_RUN_DIFF_H_
#define SHOAL_FRAMEWORK_REPORT_RUN_DIFF_H_

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/report/run_file.h"

namespace shoal::host {

/// Something that two runs have differently; nothing where one has it not at all.
struct Difference {
  std::string what;  ///< a path of resolved.yaml (kmeans.k), or "machine", "plugin kmeans", "data of kmeans"
  std::optional<std::string> first, second;
};

/// A metric in both runs, under the same settings.
struct MetricDifference {
  std::string settings, metric;
  std::vector<double> first, second;  ///< finite values of the rows that are done

  /// Of the means, second less first; nothing where one has no values.
  std::optional<double> difference() const;
};

/// What tells two runs apart.
struct RunDifference {
  std::vector<Difference> values;       ///< of resolved.yaml, value by value, and nodes' parameters by the plans
  std::vector<Difference> environment;  ///< machine, program, build, threads, device, plugins' bytes, data
  std::vector<MetricDifference> metrics;
};

/// Throws std::runtime_error  a resolved.yaml or environment.json is missing or damaged, with its name
RunDifference diff_runs(const RunFile& first, const RunFile& second);

std::string diff_as_text(const RunDifference& difference);
nlohmann::ordered_json diff_as_json(const RunDifference& difference);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RUN_DIFF_H_
