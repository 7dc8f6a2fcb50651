#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_DATA_BEHIND_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_DATA_BEHIND_H_

#include <string>

#include "framework/report/page/data_source.h"
#include "framework/report/run_file.h"

namespace shoal::host {

/// The examples that a node's `data` port leads back to, through what is between. Throws std::runtime_error with why
/// they cannot be had.
SourceRows examples_behind(const FileRow& row, std::size_t number, const std::string& node, DataSource& source);

/// What a node's `data` port takes: features kept in the store, or the examples of a dataset. Throws as above.
SourceRows features_behind(const FileRow& row, std::size_t number, const std::string& node, DataSource& source);

/// "Row 3, k 10, seed 0": which row it is that something is shown of.
std::string row_text(const FileRow& row, std::size_t number);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_DATA_BEHIND_H_
