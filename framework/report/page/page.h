#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "framework/report/page/data_source.h"
#include "framework/report/page/run_data.h"

namespace shoal::host {

/// No page is larger.
inline constexpr std::size_t kPageBytes = 10'000'000;

struct PageOptions {
  std::vector<std::string> metrics = {};  ///< shown, the first is judged; empty: what the experiments report
  std::optional<std::size_t> row = {};    ///< whose clusters, map and confusion matrices are open; none: the best one's
  bool stills = true;                     ///< charts as pictures too, for whoever has no JavaScript
  /// Addresses of the programs that are otherwise in the page: Vega's (find_vega_runtime) and the page's own
  /// (kPageProgram), in this order, and what else it is to have. Empty: it needs no others.
  std::vector<std::string> programs = {};
  std::string style = {};  ///< more of it, for what is put in its place
};

/// The page of one or more runs: one HTML file that needs no network, at most kPageBytes, the same for the same runs.
/// It reads without JavaScript, which sorts tables and brings charts to life. A section whose numbers the runs have not
/// is left out, and the end of the page says so and why. Stills are drawn by Python (see vega_to_svg), which may take
/// seconds; where there are none, their numbers are in tables.
/// `sources`: for each run what is not in its folder, or null; empty: none has any.
/// Throws std::invalid_argument  no runs
///        std::runtime_error     a run has no such row
std::string make_page(const std::vector<RunData>& runs, const PageOptions& options = {},
                      const std::vector<DataSource*>& sources = {});

/// A page, and where in it something may be put that comes before its first section.
struct PlacedPage {
  std::string html = {};
  std::size_t place = 0;  ///< bytes before it
};

/// Likewise, of one run or more, which need not have ended; the contents name what is put there, `#id`, first.
PlacedPage make_placed_page(const std::vector<RunData>& runs, const PageOptions& options, const std::string& id,
                            const std::string& title);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_H_
