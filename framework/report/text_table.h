#ifndef SHOAL_FRAMEWORK_REPORT_TEXT_TABLE_H_
#define SHOAL_FRAMEWORK_REPORT_TEXT_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace shoal::host {

/// How many columns a terminal gives to UTF-8 text of one-column characters.
std::size_t display_width(const std::string& text);

/// Lines of equally many cells, each column as wide as its widest and `gap` from the next; columns that are `right` are
/// set to the right. No line ends in a space, each in a newline.
std::string align_columns(const std::vector<std::vector<std::string>>& lines, const std::vector<bool>& right,
                          std::size_t gap);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_TEXT_TABLE_H_
