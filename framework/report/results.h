#ifndef SHOAL_FRAMEWORK_REPORT_RESULTS_H_
#define SHOAL_FRAMEWORK_REPORT_RESULTS_H_

#include <filesystem>

#include "framework/run/record.h"

namespace shoal::host {

/// Writes results.json and results.csv into a run folder. Numbers in their shortest exact form; what is not finite is
/// null in JSON and empty in CSV. Throws std::system_error where they cannot be written.
void write_results(const std::filesystem::path& folder, const RunRecord& record);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RESULTS_H_
