#ifndef SHOAL_FRAMEWORK_LIVE_LIVE_PAGE_H_
#define SHOAL_FRAMEWORK_LIVE_LIVE_PAGE_H_

#include <string_view>

namespace shoal::host {

/// The page that is shown until report.html is there, one HTML file: nodes with their progress, rows, curves as SVG,
/// the log. It asks the server for new lines of events.jsonl and metrics.jsonl each second, and gives way to the report
/// once the run has ended. Texts of a run are only ever set as text.
std::string_view live_page();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_LIVE_LIVE_PAGE_H_
