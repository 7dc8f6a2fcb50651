#ifndef SHOAL_FRAMEWORK_CONFORMANCE_KIT_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_KIT_H_

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "framework/conformance/child.h"
#include "framework/conformance/subject.h"

namespace shoal::host::conformance {

struct KitOptions {
  Level level = Level::kQuick;
  std::string only = {};  ///< a regular expression, searched in "clusterer/k-center.predict-after-fit"; empty: all
  std::uint64_t seed = 0;
  std::int64_t patience = 0;  ///< seconds of the processor that a case may take; 0: 60, 300 or 1800 by level
  bool in_process = false;    ///< no process for each case: for a debugger
  Given given = {};           ///< for every component that has a parameter of that name
  std::vector<std::string> data_folders = {};
  std::filesystem::path scan_program = {};
};

/// How one case of one component came out.
struct CaseResult {
  std::string component;  ///< "clusterer/k-center"; of the library itself its file name
  std::string name, promise;
  Verdict verdict;
  std::uint64_t seed = 0;
  double seconds = 0;

  bool bad() const { return verdict.outcome != Outcome::kPass && verdict.outcome != Outcome::kSkip; }
};

/// Tries all that is in `library`, and tells each result as it comes. This process must have no other thread, unless
/// `in_process`. Throws std::regex_error for an `only` that is none.
void try_library(const Library& library, const KitOptions& options, const std::function<void(CaseResult)>& tell);

/// "pass  clusterer/k-center.n-1", with the reason and, for what is bad, the command that does it again in one process.
std::string as_line(const CaseResult& result, const std::filesystem::path& file);

/// All results of one library as a JSON object.
std::string as_json(const std::vector<CaseResult>& results, const std::filesystem::path& file);

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_KIT_H_
