// shoal run: plan, run with progress, write the run folder.
#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "framework/cli/session.h"
#include "framework/report/figures.h"
#include "framework/report/page.h"
#include "framework/report/results.h"
#include "framework/report/summary.h"
#include "framework/run/environment.h"
#include "framework/run/executor.h"
#include "framework/run/run_folder.h"

namespace shoal::cli {
namespace {

using host::Live;
using host::Plan;
using host::RunRecord;

std::atomic<bool>* cancel_flag = nullptr;  // what a signal sets
volatile std::sig_atomic_t caught_signal = 0;

extern "C" void on_signal(int signal) {
  if (caught_signal != 0) std::_Exit(128 + signal);  // the second time: at once
  caught_signal = signal;
  cancel_flag->store(true);
}

void watch_signals(std::atomic<bool>& flag) {
  cancel_flag = &flag;
  std::signal(SIGINT, &on_signal);
  std::signal(SIGTERM, &on_signal);
}

/// Nothing, and P404 at `place`, where the machine has no such device.
std::optional<at::Device> choose_device(const std::string& asked, const config::Place& place,
                                        config::Diagnostics& diagnostics) {
  if (asked == "cpu") return at::Device(at::kCPU);
  const bool available = at::globalContext().hasCUDA();
  if (asked == "auto") return at::Device(available ? at::kCUDA : at::kCPU);
  if (!available) {
    diagnostics.error("P404", place, text("device '{}' is asked for, but LibTorch sees none here", asked),
                      {{"--device cpu would do, and so would `device: auto`", {}}});
    return std::nullopt;
  }
  return at::Device(asked);
}

std::shared_ptr<Live> make_reporter(Session& session, const host::ComponentEntry& entry,
                                    std::shared_ptr<const host::Parameters> parameters) {
  return std::make_shared<Live>(session.services, entry, *parameters, 0, nullptr);
}

/// The experiment's own reporters, and the usual two where it names none of their kind.
std::vector<std::shared_ptr<Live>> make_reporters(Session& session, const Plan& plan, bool quiet) {
  std::vector<std::shared_ptr<Live>> out;
  std::vector<std::string> wanted = {"reporter/json-lines"};
  if (!quiet) wanted.push_back("reporter/terminal");
  for (const host::GraphNode& node : plan.rows[0].graph.nodes) {
    if (node.kind() != "reporter") continue;
    out.push_back(make_reporter(session, node.component, node.parameters));
    std::erase(wanted, node.component.id());
  }
  for (const std::string& id : wanted) {
    const auto found = session.registry.find(id);
    if (found.empty()) continue;  // a Shoal without its own plugins still runs
    config::Diagnostics diagnostics;
    out.push_back(
        make_reporter(session, found[0], host::check_parameters(*found[0].component, nullptr, {}, "", diagnostics)));
  }
  return out;
}

RunRecord describe_run(const Options& options, const Plan& plan) {
  const host::Experiment& experiment = plan.rows[0].graph.experiment;
  RunRecord out;
  out.name = experiment.name;
  out.description = experiment.description;
  out.file = options.experiment;
  out.started = host::utc_now();
  out.axes = plan.axes;
  for (const host::FigureSpec& figure : experiment.figures) {
    host::FigureRecord record{figure.name, figure.title, figure.x, figure.by.value_or(""), figure.y_scale, {}};
    const host::Graph& graph = plan.rows[0].graph;
    for (const host::OutputName& y : figure.y) {
      const host::GraphNode& node = graph.node(y.node);
      record.y.push_back(node.name + "." + node.outputs[*node.find_output(y.output)].name);
    }
    out.figures.push_back(std::move(record));
  }
  return out;
}

void write_reports(const host::RunFolder& folder, const RunRecord& record) {
  host::write_results(folder.path(), record);
  for (const std::string& warning : host::write_figures(folder.path() / "figures", record))
    std::fprintf(stderr, "shoal: warning: %s\n", warning.c_str());
  host::write_page(folder.path(), record);
}

/// Runs all rows with the reporters listening; what failed is printed to stderr.
RunRecord execute(Session& session, const Plan& plan, host::RunFolder& folder, at::Device device,
                  const Options& options) {
  RunRecord record = describe_run(options, plan);
  host::EventBus events(make_reporters(session, plan, options.quiet), folder.path(), record.name);
  host::RunEvent begin{.type = SHOAL_RUN_BEGIN, .rows = static_cast<std::int64_t>(plan.rows.size())};
  begin.text = folder.path().string();
  events.post(begin);
  config::Diagnostics diagnostics;
  host::Executor executor(plan, session.services, events, folder, device, options.bench.value_or(0));
  RunRecord ran = executor.run(diagnostics);
  record.rows = std::move(ran.rows);
  record.scalars = std::move(ran.scalars);
  record.bench = ran.bench;
  for (const host::RowRecord& row : record.rows) record.seconds += row.seconds;
  host::RunEvent end = begin;
  end.type = SHOAL_RUN_END;
  end.seconds = record.seconds;
  end.status = diagnostics.has_errors() ? SHOAL_E_FAILED : session.services.cancelled ? SHOAL_E_CANCELLED : SHOAL_OK;
  events.post(end);
  for (const std::string& failure : events.finish()) std::fprintf(stderr, "shoal: warning: %s\n", failure.c_str());
  tell_and_keep(options, session, diagnostics);
  return record;
}

int exit_code(const RunRecord& record) {
  if (caught_signal != 0) return 128 + caught_signal;
  for (const host::RowRecord& row : record.rows)
    if (row.status != host::RowStatus::done) return kRunFailed;
  return kDone;
}

}  // namespace

Ran run_experiment(Session& session, const Options& options, bool with_summary) {
  const auto plan = plan_or_explain(options, session);
  if (!plan) return {};
  const host::Experiment& experiment = plan->rows[0].graph.experiment;
  const config::Value* written = plan->document.find("device");
  const bool by_file = options.device.empty();
  config::Diagnostics no_device;
  const auto device = choose_device(by_file ? experiment.device : options.device,
                                    by_file && written != nullptr ? written->place : config::Place{}, no_device);
  if (!device) {
    tell_and_keep(options, session, no_device, "Nothing was run.");
    tell_at_end(options, session);
    return {};
  }
  if (options.threads == 0 && experiment.threads > 0)
    session.services.set_threads(static_cast<int>(experiment.threads));
  at::set_num_threads(session.services.pool.threads());
  watch_signals(session.services.cancelled);

  host::RunFolder folder(options.out.empty() ? "runs" : options.out, experiment.name, !options.out.empty());
  folder.write_plan(*plan, host::describe_environment(session.registry, options.command,
                                                      session.services.pool.threads(), device->str())
                               .dump(2));
  const RunRecord record = execute(session, *plan, folder, *device, options);
  folder.finish();
  write_reports(folder, record);
  tell_at_end(options, session);
  if (with_summary) std::printf("%s\n%s\n", host::summary_table(record).c_str(), folder.path().string().c_str());
  return {exit_code(record), folder.path().string()};
}

int run(const Options& options) {
  Session session(options);
  return run_experiment(session, options, true).exit;
}

}  // namespace shoal::cli
