#ifndef SHOAL_FRAMEWORK_CLI_USING_H_
#define SHOAL_FRAMEWORK_CLI_USING_H_

#include <memory>
#include <string>

#include "framework/cli/session.h"
#include "framework/use/finished_run.h"

namespace shoal::cli {

/// Says on stderr what components log while they are used; their progress and scalars are of no interest then.
class Aloud final : public host::Listener {
 public:
  void progress(const std::string&, std::int64_t, std::int64_t) override {}
  void log(Level level, const std::string& line) override;
  void scalar(const std::string&, double, std::int64_t) override {}
};

/// The run that a command is to use, with the plugins that it needs.
class UsedRun {
 public:
  /// Null, after the errors, where its experiment cannot be planned again. Throws InputError as FinishedRun::open.
  static std::unique_ptr<UsedRun> open(const Options& options);

  const host::FinishedRun& run() const { return *run_; }
  const host::Registry& registry() const { return session_.registry; }
  host::Services& services() { return session_.services; }
  Aloud& listener() { return aloud_; }

 private:
  explicit UsedRun(const Options& options) : session_(options) {}

  Session session_;
  Aloud aloud_;
  std::optional<host::FinishedRun> run_;
};

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_USING_H_
