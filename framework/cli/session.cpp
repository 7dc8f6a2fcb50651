#include "framework/cli/session.h"

#include <ATen/Context.h>

#include <cstdio>
#include <filesystem>
#include <vector>

#include "framework/plugin/places.h"
#include "framework/run/environment.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

/// `${data}`: the first folder of data that is there, or the first where none is.
std::string data_folder(const std::vector<std::filesystem::path>& folders) {
  std::error_code error;
  for (const auto& folder : folders)
    if (std::filesystem::is_directory(folder, error)) return std::filesystem::absolute(folder).lexically_normal();
  return folders.empty() ? "" : std::filesystem::absolute(folders[0]).lexically_normal();
}

}  // namespace

Session::Session(const Options& options)
    : services(options.threads > 0 ? static_cast<int>(options.threads) : host::usable_processors()),
      registry(services) {
  services.data_folders = host::data_folders(options.data);
  for (const auto& folder : host::plugin_folders(options.plugin_path)) registry.load_folder(folder);
}

std::optional<host::Plan> plan_or_explain(const Options& options, Session& session) {
  config::Diagnostics diagnostics;
  auto plan = host::plan_experiment({.file = options.experiment,
                                     .overrides = options.overrides,
                                     .seeds = options.seeds,
                                     .overlays = options.overlays,
                                     .axes = options.axes,
                                     .data_folder = data_folder(session.services.data_folders)},
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

std::optional<at::Device> choose_device(const std::string& asked) {
  if (asked == "cpu") return at::Device(at::kCPU);
  const bool available = at::globalContext().hasCUDA();
  if (asked == "auto") return at::Device(available ? at::kCUDA : at::kCPU);
  if (!available) {
    std::fprintf(stderr,
                 "shoal: error[P404]: device '%s' is asked for, but LibTorch sees none here; --device cpu would do\n",
                 asked.c_str());
    return std::nullopt;
  }
  return at::Device(asked);
}

std::unique_ptr<host::Store> open_store(std::function<void(const std::string&)> log) {
  const auto tell = [log = std::move(log)](const std::string& id, const std::string& what) {
    const std::string line = text("warning[{}]: {}", id, what);
    std::fprintf(stderr, "shoal: %s\n", line.c_str());
    if (log) log(line);
  };
  try {
    return std::make_unique<host::Store>(host::Store::default_folder(), tell);
  } catch (const std::system_error& error) {
    tell("S705", text("nothing is kept of this run, and nothing taken: {}", error.what()));
    return nullptr;
  }
}

}  // namespace shoal::cli
