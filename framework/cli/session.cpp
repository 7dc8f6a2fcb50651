#include "framework/cli/session.h"

#include <ATen/Context.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "framework/cli/found_plugins.h"
#include "framework/config/exchange.h"
#include "framework/plugin/places.h"
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

const config::Place& place_of(const config::Value& document, const char* key) {
  static const config::Place kNowhere;
  const config::Value* written = document.find(key);
  return written != nullptr ? written->place : kNowhere;
}

/// P411 where --threads, or else the experiment or a row of it, asks for more threads than there are processors.
void check_threads(const Options& options, const host::Plan& plan, Session& session) {
  const bool by_file = options.threads == 0;
  const int usable = host::usable_processors();
  std::set<std::int64_t> told;
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    const std::int64_t wanted = by_file ? plan.rows[row].graph.experiment.threads : options.threads;
    if (wanted <= usable || !told.insert(wanted).second) continue;
    session.found.warning("P411", by_file ? place_of(plan.document_of(row), "threads") : config::Place{},
                          text("{} threads are asked for, but this process may use {} processor{}", wanted, usable,
                               usable == 1 ? "" : "s"),
                          {{by_file ? "threads: 0 takes as many as there are" : "without --threads it takes all", {}}});
  }
}

/// C214, a note, where an option decides what an axis of the matrix was to vary.
void say_what_options_fix(const Options& options, const host::Plan& plan, Session& session) {
  const auto say = [&](const char* option, const std::string& value) {
    session.found.note("C214", {}, text("{} {} holds for all rows, whatever the matrix says", option, value));
  };
  if (options.threads > 0 && plan.threads_vary) say("--threads", std::to_string(options.threads));
  const bool devices_vary = std::any_of(plan.rows.begin(), plan.rows.end(), [&](const host::PlannedRow& row) {
    return row.graph.experiment.device != plan.rows[0].graph.experiment.device;
  });
  if (!options.device.empty() && devices_vary) say("--device", options.device);
}

/// Nothing where LibTorch sees no such device.
std::optional<at::Device> find_device(const std::string& asked) {
  if (asked == "cpu") return at::Device(at::kCPU);
  const bool available = at::globalContext().hasCUDA();
  if (asked == "auto") return at::Device(available ? at::kCUDA : at::kCPU);
  return available ? std::optional(at::Device(asked)) : std::nullopt;
}

/// The threads of a row in each of the processes of --jobs.
int threads_of_row(const Options& options, const host::PlannedRow& row, std::int64_t jobs) {
  const std::int64_t asked = options.threads > 0 ? options.threads : row.graph.experiment.threads;
  const std::int64_t threads = asked > 0 ? asked : host::usable_processors();
  return static_cast<int>(std::max<std::int64_t>(1, threads / jobs));
}

}  // namespace

Session::Session(const Options& options)
    : services(options.threads > 0 ? static_cast<int>(options.threads) : host::usable_processors()),
      scan(users_scan()),
      registry(services, &scan, load_rules(options)) {
  services.data_folders = host::data_folders(options.data);
  if (!options.retry_failed.empty()) retry.emplace(options.retry_failed);
  for (const auto& folder : host::plugin_folders(options.plugin_path)) registry.load_folder(folder);
}

std::int64_t jobs_of(const Options& options, const host::Plan& plan) {
  const host::RunSection& run = plan.rows[0].graph.experiment.run;
  const bool alone = options.no_cache || options.bench;  // these take no results of other processes
  return std::max<std::int64_t>(1, options.jobs.value_or(alone ? 1 : run.jobs.value_or(1)));
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

bool tell_of_data(const Options& options, Session& session, const config::Diagnostics& diagnostics) {
  tell_and_keep(options, session, diagnostics, "Nothing was run.");
  const bool strict = options.strict && diagnostics.count(config::Severity::warning) > 0;
  if (strict) std::fputs("warnings are errors with --strict\n", stderr);
  if (!diagnostics.has_errors() && !strict) return true;
  tell_at_end(options, session);
  return false;
}

void tell_at_end(const Options& options, const Session& session) {
  if (options.errors_as != "text") tell(options, session.found);
}

std::optional<host::Plan> plan_or_explain(const Options& options, Session& session) {
  host::PlanOptions wanted = {.file = options.experiment,
                              .overrides = options.overrides,
                              .seeds = options.seeds,
                              .overlays = options.overlays,
                              .axes = options.axes,
                              .data_folder = data_folder(session.services.data_folders),
                              .shard = options.shard};
  if (session.retry)
    wanted.choose_rows = [&](const config::Value& document, std::vector<config::Row> rows,
                             config::Diagnostics& diagnostics) {
      return session.retry->choose(document, std::move(rows), diagnostics);
    };
  auto plan = host::plan_experiment(wanted, session.registry, session.found);
  if (plan) check_threads(options, *plan, session);
  if (plan) say_what_options_fix(options, *plan, session);
  const bool strict = options.strict && session.found.count(config::Severity::warning) > 0;
  const bool good = plan && !strict;
  if (!good || options.errors_as == "text") tell(options, session.found, "Nothing was run.");
  if (plan && strict) std::fputs("warnings are errors with --strict\n", stderr);
  return good ? std::move(plan) : std::nullopt;
}

std::vector<std::string> node_names(const host::Plan& plan) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  std::set<const host::Graph*> graphs;
  for (const host::PlannedRow& row : plan.rows) {
    if (!graphs.insert(&row.graph).second) continue;
    for (const host::GraphNode& node : row.graph.nodes)
      if (seen.insert(node.name).second) names.push_back(node.name);
  }
  return names;
}

std::optional<std::vector<host::RowMeans>> choose_means(const Options& options, Session& session,
                                                        const host::Plan& plan) {
  const bool by_file = options.device.empty();
  std::map<std::string, std::optional<at::Device>> devices;  // by what is asked for
  std::vector<host::RowMeans> out;
  config::Diagnostics no_device;
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    const std::string& asked = by_file ? plan.rows[row].graph.experiment.device : options.device;
    const auto [device, is_new] = devices.try_emplace(asked);
    if (is_new) device->second = find_device(asked);
    if (is_new && !device->second)
      no_device.error("P404", by_file ? place_of(plan.document_of(row), "device") : config::Place{},
                      text("device '{}' is asked for, but LibTorch sees none here", asked),
                      {{"--device cpu would do, and so would `device: auto`", {}}});
    out.push_back({device->second.value_or(at::kCPU), threads_of_row(options, plan.rows[row], jobs_of(options, plan))});
  }
  if (!no_device.has_errors()) return out;
  tell_and_keep(options, session, no_device, "Nothing was run.");
  tell_at_end(options, session);
  return std::nullopt;
}

}  // namespace shoal::cli
