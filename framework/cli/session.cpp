#include "framework/cli/session.h"

#include <ATen/Context.h>

#include <cstdio>
#include <filesystem>
#include <vector>

#include "framework/config/exchange.h"
#include "framework/plugin/places.h"
#include "framework/run/environment.h"
#include "shoal/abi.h"
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

/// What is remembered of plugins that were tried; nothing without a home.
std::filesystem::path plugin_cache() {
  const auto folder = host::cache_folder();
  return folder.empty() ? folder : folder / "plugins-v1.json";
}

/// P411 where --threads, or else the experiment, asks for more threads than there are processors.
void check_threads(const Options& options, const host::Plan& plan, Session& session) {
  const bool by_file = options.threads == 0;
  const std::int64_t wanted = by_file ? plan.rows[0].graph.experiment.threads : options.threads;
  const config::Value document = plan.document_of(0);
  const config::Value* written = document.find("threads");
  if (const int usable = host::usable_processors(); wanted > usable)
    session.found.warning("P411", by_file && written != nullptr ? written->place : config::Place{},
                          text("{} threads are asked for, but this process may use {} processor{}", wanted, usable,
                               usable == 1 ? "" : "s"),
                          {{by_file ? "threads: 0 takes as many as there are" : "without --threads it takes all", {}}});
}

}  // namespace

Session::Session(const Options& options)
    : services(options.threads > 0 ? static_cast<int>(options.threads) : host::usable_processors()),
      scan(host::program_folder() / "shoal-scan", plugin_cache()),
      registry(services, &scan) {
  services.data_folders = host::data_folders(options.data);
  for (const auto& folder : host::plugin_folders(options.plugin_path)) registry.load_folder(folder);
}

void tell(const Options& options, const config::Diagnostics& diagnostics, std::string_view outcome) {
  std::FILE* to = options.errors_to_output ? stdout : stderr;
  if (options.errors_as == "json") std::fputs(config::as_json(diagnostics).c_str(), to);
  else if (options.errors_as == "sarif") std::fputs(config::as_sarif(diagnostics, SHOAL_SDK_VERSION).c_str(), to);
  else if (options.errors_as == "github") std::fputs(config::as_github(diagnostics).c_str(), to);
  else std::fputs(config::render(diagnostics, {.outcome = outcome}).c_str(), stderr);
}

void tell_and_keep(const Options& options, Session& session, const config::Diagnostics& diagnostics,
                   std::string_view outcome) {
  if (options.errors_as == "text") tell(options, diagnostics, outcome);
  for (config::Diagnostic& diagnostic : diagnostics.sorted()) session.found.add(std::move(diagnostic));
}

void tell_at_end(const Options& options, const Session& session) {
  if (options.errors_as != "text") tell(options, session.found);
}

std::optional<host::Plan> plan_or_explain(const Options& options, Session& session) {
  auto plan = host::plan_experiment({.file = options.experiment,
                                     .overrides = options.overrides,
                                     .seeds = options.seeds,
                                     .overlays = options.overlays,
                                     .axes = options.axes,
                                     .data_folder = data_folder(session.services.data_folders),
                                     .shard = options.shard},
                                    session.registry, session.found);
  if (plan) check_threads(options, *plan, session);
  const bool strict = options.strict && session.found.count(config::Severity::warning) > 0;
  const bool good = plan && !strict;
  if (!good || options.errors_as == "text") tell(options, session.found, "Nothing was run.");
  if (plan && strict) std::fputs("warnings are errors with --strict\n", stderr);
  return good ? std::move(plan) : std::nullopt;
}

std::optional<at::Device> choose_device(const Options& options, Session& session, const host::Plan& plan) {
  const bool by_file = options.device.empty();
  const std::string& asked = by_file ? plan.rows[0].graph.experiment.device : options.device;
  if (asked == "cpu") return at::Device(at::kCPU);
  const bool available = at::globalContext().hasCUDA();
  if (asked == "auto") return at::Device(available ? at::kCUDA : at::kCPU);
  if (available) return at::Device(asked);
  const config::Value* written = plan.document.find("device");
  config::Diagnostics no_device;
  no_device.error("P404", by_file && written != nullptr ? written->place : config::Place{},
                  text("device '{}' is asked for, but LibTorch sees none here", asked),
                  {{"--device cpu would do, and so would `device: auto`", {}}});
  tell_and_keep(options, session, no_device, "Nothing was run.");
  tell_at_end(options, session);
  return std::nullopt;
}

std::unique_ptr<host::Store> open_store(std::function<void(const std::string&)> log) {
  const auto tell = [log = std::move(log)](const std::string& id, const std::string& what) {
    const std::string line = text("warning[{}]: {}", id, what);
    std::fprintf(stderr, "shoal: %s\n", line.c_str());
    if (log) log(line);
  };
  try {
    return std::make_unique<host::Store>(host::Store::default_folder(), tell);
  } catch (const host::StoreFormatError&) {
    throw;
  } catch (const std::runtime_error& error) {  // UnreadableEntry or std::system_error
    tell("S705", text("nothing is kept of this run, and nothing taken: {}", error.what()));
    return nullptr;
  }
}

}  // namespace shoal::cli
