#include "framework/cli/session.h"

#include <cstdio>

#include "framework/plugin/places.h"
#include "framework/run/environment.h"

namespace shoal::cli {

Session::Session(const Options& options)
    : services(options.threads > 0 ? static_cast<int>(options.threads) : host::usable_processors()),
      registry(services) {
  services.data_folders = host::data_folders(options.data);
  for (const auto& folder : host::plugin_folders(options.plugin_path)) registry.load_folder(folder);
}

std::optional<host::Plan> plan_or_explain(const Options& options, Session& session) {
  config::Diagnostics diagnostics;
  auto plan =
      host::plan_experiment({.file = options.experiment, .overrides = options.overrides, .seeds = options.seeds},
                            session.registry, diagnostics);
  const bool strict = options.strict && diagnostics.count(config::Severity::warning) > 0;
  if (!plan || strict) {
    std::fputs(config::render(diagnostics).c_str(), stderr);
    if (plan) std::fputs("warnings are errors with --strict\n", stderr);
    return std::nullopt;
  }
  if (!diagnostics.empty()) std::fputs(config::render(diagnostics).c_str(), stderr);
  return plan;
}

}  // namespace shoal::cli
