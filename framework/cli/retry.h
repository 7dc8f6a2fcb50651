#ifndef SHOAL_FRAMEWORK_CLI_RETRY_H_
#define SHOAL_FRAMEWORK_CLI_RETRY_H_

#include <string>
#include <utility>
#include <vector>

#include "framework/cli/options.h"
#include "framework/graph/load_experiment.h"

namespace shoal::cli {

/// `--retry-failed`: of an experiment's rows, those that an earlier run of it did not finish. That run's folder is only
/// read.
class Retry {
 public:
  /// `asked` is what the option says: a run folder, or kLatest for the latest run of the experiment in runs/.
  explicit Retry(std::string asked) : asked_(std::move(asked)) {}

  static constexpr const char* kLatest = "latest";

  /// Keeps the rows that failed, were skipped or cancelled in that run, by their settings and seed. None are kept where
  /// all of them were done, which is no error: see nothing_failed. M514 (a note) says what was chosen and what was left
  /// out; M513 there is no such run, it cannot be read, it is
  /// of another experiment, or none of its rows that failed is a row of this one.
  std::vector<config::Row> choose(const config::Value& document, std::vector<config::Row> rows,
                                  config::Diagnostics& diagnostics);

  bool nothing_failed() const { return nothing_failed_; }
  const std::string& folder() const { return folder_; }  ///< of that run, after choose; "" where there is none

 private:
  const std::string asked_;
  std::string folder_;
  bool nothing_failed_ = false;
};

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_RETRY_H_
