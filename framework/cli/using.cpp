#include "framework/cli/using.h"

#include <ATen/Parallel.h>

#include <cstdio>

namespace shoal::cli {

void Aloud::log(Level level, const std::string& line) {
  if (level == Level::kDebug) return;
  std::fprintf(stderr, "shoal: %s: %s\n", level == Level::kWarning ? "warning" : "note", line.c_str());
}

std::unique_ptr<UsedRun> UsedRun::open(const Options& options) {
  std::unique_ptr<UsedRun> out(new UsedRun(options));
  at::set_num_threads(out->session_.services.pool.threads());
  config::Diagnostics diagnostics;
  out->run_ =
      host::FinishedRun::open(options.folder, {options.of_row, options.of_seed}, out->session_.registry, diagnostics);
  if (out->run_) return out;
  tell(options, diagnostics, "Nothing was done.");
  return nullptr;
}

}  // namespace shoal::cli
