#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_H_

#include <filesystem>

#include "framework/run/record.h"

namespace shoal::host {

/// Writes report.html into a run folder: one file that needs no network and no JavaScript, with the headline numbers
/// of each setting, what failed, the figures (where there are SVGs in figures/), times of nodes, the resolved
/// experiment and the machine. Throws std::system_error where it cannot be written.
void write_page(const std::filesystem::path& folder, const RunRecord& record);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_H_
