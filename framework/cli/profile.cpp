// shoal profile: a run, and where its time and memory went.
#include <cstdio>
#include <filesystem>
#include <optional>

#include "framework/cli/session.h"
#include "framework/files/atomic_file.h"
#include "framework/report/profile_table.h"
#include "framework/report/trace_file.h"

namespace shoal::cli {
namespace {

/// The run, measured; all that it made is gone when it returns, but for its folder.
Ran run_measured(const Options& options, host::Profile& profile) {
  std::optional<Session> session;
  {
    const host::Stretch stretch(&profile, host::SpanKind::host, "", "find and open plugins");
    session.emplace(options);
  }
  session->services.profile = &profile;
  return run_experiment(*session, options, true);
}

}  // namespace

int profile(const Options& given) {
  Options options = given;
  options.no_cache = !given.with_store;
  options.jobs = 1;  // what others do is not seen here
  const std::int64_t cpu = host::Profile::processor_time();
  host::Profile profile;
  const Ran ran = run_measured(options, profile);
  if (ran.folder.empty()) return ran.exit;
  const std::int64_t whole = profile.now();
  const std::filesystem::path trace =
      options.trace.empty() ? std::filesystem::path(ran.folder) / "trace.json" : std::filesystem::path(options.trace);
  host::write_atomically(trace, host::as_chrome_trace(profile));
  std::printf("\n%s\n%s\n", host::profile_table(profile, whole, host::Profile::processor_time() - cpu).c_str(),
              trace.c_str());
  return ran.exit;
}

}  // namespace shoal::cli
