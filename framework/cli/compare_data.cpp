// shoal compare --data: a comparison that is run first.
#include <cstdio>

#include "framework/cli/session.h"

namespace shoal::cli {
namespace {

/// `--data`: writes the experiment, runs it, and leaves its run in `options`.
Ran run_quick(Options& options) {
  Session session(options);
  options.experiment = write_experiment(experiment_of(options.quick, session.registry)).string();
  std::fprintf(stderr, "%s\n", options.experiment.c_str());
  Ran ran = run_experiment(session, options, false);
  options.runs = {ran.folder};
  return ran;
}

}  // namespace

int compare(const Options& asked) {
  if (asked.quick.data.empty()) return compare_runs(asked);
  Options options = asked;
  const Ran ran = run_quick(options);
  if (ran.folder.empty()) return ran.exit;
  if (const int told = compare_runs(options); told != kDone) return told;
  std::fprintf(stderr, "%s\n", ran.folder.c_str());
  return ran.exit;
}

}  // namespace shoal::cli
