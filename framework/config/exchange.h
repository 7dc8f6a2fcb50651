#ifndef SHOAL_FRAMEWORK_CONFIG_EXCHANGE_H_
#define SHOAL_FRAMEWORK_CONFIG_EXCHANGE_H_

#include <string>
#include <string_view>

#include "framework/config/diagnostics.h"

namespace shoal::config {

/// Diagnostics for other programs. All of them, in the order of Diagnostics::sorted; each ends in a newline, and what
/// is not UTF-8 comes as U+FFFD. Lines and columns count from 1, columns and lengths count code points.

/// One line: {"diagnostics": [{"id", "severity", "title", "message", "place", "notes": [{"text", "place"}]}], "errors",
/// "warnings"}. A place is {"file", "line", "column", "length"}, {"file"} for a whole file, {"argument", "text",
/// "column", "length"} on the command line (the first change is argument 1), or null.
std::string as_json(const Diagnostics& diagnostics);

/// SARIF 2.1.0 (OASIS, 2020), as code scanning takes it; the catalogue's texts are its rules. `version` is Shoal's.
std::string as_sarif(const Diagnostics& diagnostics, std::string_view version);

/// Workflow commands of GitHub Actions, one a line: they show at the line in a pull request. "" if there are none.
std::string as_github(const Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_EXCHANGE_H_
