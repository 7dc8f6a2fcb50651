#ifndef SHOAL_FRAMEWORK_REPORT_RUN_LIST_H_
#define SHOAL_FRAMEWORK_REPORT_RUN_LIST_H_

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "framework/report/run_file.h"

namespace shoal::host {

/// A run folder as a line of `shoal runs`. Of one that cannot be read, only `folder` and `problem`.
struct ListedRun {
  std::filesystem::path folder = {};  ///< as it was found, below the folder asked for
  std::string problem = {};           ///< why it could not be read; "": it was
  std::string name = {}, started = {};
  std::size_t done = 0, failed = 0, rows = 0;  ///< rows neither done nor failed were skipped or cancelled
  double seconds = 0;                          ///< of all rows together
  std::string metric = {};                     ///< the first that the experiment reports; "": it reports none
  std::vector<double> values = {};             ///< its finite values, over the rows that are done
};

/// The runs in `folder`: those in it, and those one level below it (runs/<name>/<run>), the newest last; links such as
/// `latest` are passed over. A folder counts as a run if it has a file that every run writes first.
/// Throws std::runtime_error  `folder` cannot be read
std::vector<ListedRun> list_runs(const std::filesystem::path& folder);

std::string runs_as_text(const std::vector<ListedRun>& runs);
nlohmann::ordered_json runs_as_json(const std::vector<ListedRun>& runs);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RUN_LIST_H_
