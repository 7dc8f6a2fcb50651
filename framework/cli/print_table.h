#ifndef SHOAL_FRAMEWORK_CLI_PRINT_TABLE_H_
#define SHOAL_FRAMEWORK_CLI_PRINT_TABLE_H_

#include <string>
#include <vector>

namespace shoal::cli {

/// Prints rows of equally many cells in columns; as Markdown the first row is the head.
void print_table(const std::vector<std::vector<std::string>>& rows, bool markdown);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_PRINT_TABLE_H_
