#ifndef SHOAL_FRAMEWORK_REPORT_TEXT_TABLE_H_
#define SHOAL_FRAMEWORK_REPORT_TEXT_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace shoal::host {

/// Lines of equally many cells of UTF-8 text, each column as wide as its widest and `gap` from the next; columns that
/// are `right` are set to the right. No line ends in a space, each in a newline.
std::string align_columns(const std::vector<std::vector<std::string>>& lines, const std::vector<bool>& right,
                          std::size_t gap);

/// Lines, two columns further to the right.
std::string indent(const std::string& lines);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_TEXT_TABLE_H_
