// shoal run: plan, run with progress, write the run folder.
#include <ATen/Parallel.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "framework/cli/dependencies.h"
#include "framework/cli/jobs.h"
#include "framework/cli/live_process.h"
#include "framework/cli/memory_limit.h"
#include "framework/cli/open_store.h"
#include "framework/cli/session.h"
#include "framework/cli/watch.h"
#include "framework/files/atomic_file.h"
#include "framework/graph/full_name.h"
#include "framework/report/figures.h"
#include "framework/report/page/kept_data.h"
#include "framework/report/page/page.h"
#include "framework/report/results.h"
#include "framework/report/summary.h"
#include "framework/run/cuda_rules.h"
#include "framework/run/environment.h"
#include "framework/run/executor.h"
#include "framework/run/run_folder.h"
#include "shoal/error.h"

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

std::atomic<bool> checkpoint_asked = false;       // SIGUSR1
std::atomic<const Jobs*> further_jobs = nullptr;  // that are asked, too

extern "C" void on_checkpoint_signal(int signal) {
  checkpoint_asked = true;
  if (const Jobs* jobs = further_jobs) jobs->pass_on(signal);
}

void watch_signals(std::atomic<bool>& flag) {
  cancel_flag = &flag;
  std::signal(SIGUSR1, &on_checkpoint_signal);
  listen_to_checkpoint_signal();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, &on_signal);
  std::signal(SIGPIPE, SIG_IGN);  // whoever read along has left; the run goes on
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

host::CompareRecord describe_comparison(const Plan& plan) {
  const host::Graph& graph = plan.rows[0].graph;
  host::CompareRecord out{.baseline = {}, .no_baseline = graph.experiment.compare.no_baseline, .metrics = {}};
  for (const auto& [axis, label] : plan.baseline) out.baseline.emplace_back(axis, label);
  for (const host::OutputName& name : graph.experiment.compare.metrics)
    out.metrics.push_back(host::full_name(graph, name));
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
    for (const host::OutputName& y : figure.y) record.y.push_back(host::full_name(plan.rows[0].graph, y));
    out.figures.push_back(std::move(record));
  }
  out.compare = describe_comparison(plan);
  return out;
}

/// Without it the run is whole: what goes wrong with it is a warning.
void write_page(Session& session, const Plan& plan, const std::filesystem::path& folder, host::Store* store) try {
  const std::vector<host::RunData> runs = {host::read_run_data(folder)};
  const auto data = host::open_kept_data(runs[0].file, session.registry, session.services, store, &plan);
  host::write_atomically(folder / "report.html", host::make_page(runs, {}, {data.get()}));
} catch (const std::runtime_error& error) {
  std::fprintf(stderr, "shoal: warning: no report.html: %s\n", error.what());
}

void write_reports(Session& session, const Plan& plan, const host::RunFolder& folder, const RunRecord& record,
                   host::Store* store) {
  host::write_results(folder.path(), record);
  for (const std::string& warning :
       host::write_figures(folder.path() / "figures", record, host::figure_styles(plan.document)))
    std::fprintf(stderr, "shoal: warning: %s\n", warning.c_str());
  write_page(session, plan, folder.path(), store);
  host::flush_folder(folder.path());
}

/// How the options, or else the experiment, want it run. `cache` may be null.
host::ExecutorOptions executor_options(const Options& options, const Plan& plan, host::ResultCache* cache,
                                       const std::vector<host::RowMeans>& rows) {
  const host::RunSection& run = plan.rows[0].graph.experiment.run;
  const auto choose = [](const std::optional<double>& said, const std::optional<double>& written, double otherwise) {
    return said ? *said : written.value_or(otherwise);
  };
  return {.rows = rows,
          .bench = options.bench.value_or(0),
          .cache = cache,
          .checkpoint_every = choose(options.checkpoint_every, run.checkpoint_every, 60),
          .checkpoint_asked = &checkpoint_asked,
          .recompute = {options.force.begin(), options.force.end()},
          .fail_fast = options.fail_fast || (run.fail_fast.value_or(false) && !options.keep_going),
          .tells_waiting = jobs_of(options, plan) == 1,
          .timeout_seconds = choose(options.timeout, run.timeout, 0)};
}

/// `run: {jobs: …}` and an option that wants one process, and what is for several where there is one.
void tell_of_one_process(const Options& options, const Plan& plan) {
  const host::RunSection& run = plan.rows[0].graph.experiment.run;
  if (jobs_of(options, plan) == 1 && (options.memory || run.memory))
    std::fprintf(stderr, "shoal: %s has nothing to do: it ends processes of %s, and there is one\n",
                 options.memory ? "--memory" : (run.memory_place.to_string() + ": memory").c_str(),
                 options.memory ? "--jobs" : "jobs");
  if (options.jobs || run.jobs.value_or(1) <= jobs_of(options, plan)) return;
  std::fprintf(stderr, "shoal: %s: %lld jobs are written, but one process works with %s\n",
               run.jobs_place.to_string().c_str(), static_cast<long long>(*run.jobs),
               options.bench ? "--bench" : "--no-cache");
}

/// What all processes together may hold, as the options or else the experiment want it.
std::int64_t memory_limit(const Options& options, const Plan& plan) {
  if (options.memory) return *options.memory;
  const std::optional<std::int64_t>& written = plan.rows[0].graph.experiment.run.memory;
  return written ? *written : MemoryLimit::by_default();
}

/// Runs all rows with the reporters listening, and with the store, if there is one; what failed is printed to stderr.
RunRecord execute(Session& session, const Plan& plan, host::RunFolder& folder, host::Store* store,
                  const std::vector<host::RowMeans>& means, const Options& options) {
  RunRecord record = describe_run(options, plan);
  host::EventBus events(make_reporters(session, plan, options.quiet), folder.path(), record.name);
  host::RunEvent begin{.type = SHOAL_RUN_BEGIN, .rows = static_cast<std::int64_t>(plan.rows.size())};
  begin.text = folder.path().string();
  events.post(begin);
  config::Diagnostics diagnostics;
  std::optional<host::ResultCache> cache;
  if (store != nullptr) cache.emplace(*store, session.services, record.name);
  host::Executor executor(plan, session.services, events, folder,
                          executor_options(options, plan, cache ? &*cache : nullptr, means));
  const auto began = std::chrono::steady_clock::now();
  RunRecord ran = executor.run(diagnostics);
  record.rows = std::move(ran.rows);
  record.scalars = std::move(ran.scalars);
  record.bench = ran.bench;
  for (const host::RowRecord& row : record.rows) record.seconds += row.seconds;
  host::RunEvent end = begin;
  end.type = SHOAL_RUN_END;
  end.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  end.status = diagnostics.has_errors() ? SHOAL_E_FAILED : session.services.cancelled ? SHOAL_E_CANCELLED : SHOAL_OK;
  events.post(end);
  for (const std::string& failure : events.finish()) std::fprintf(stderr, "shoal: warning: %s\n", failure.c_str());
  tell_and_keep(options, session, diagnostics);
  return record;
}

/// False, after a message, where `--force` names no node.
bool know_forced_nodes(const Options& options, const Plan& plan) {
  if (options.force.empty()) return true;
  const std::vector<std::string> nodes = node_names(plan);
  bool good = true;
  for (const std::string& name : options.force)
    if (std::find(nodes.begin(), nodes.end(), name) == nodes.end()) {
      std::fprintf(stderr, "shoal: error[G301]: --force names no node of the experiment: '%s'%s\n", name.c_str(),
                   config::did_you_mean(name, nodes).c_str());
      good = false;
    }
  return good;
}

/// "12 of 14 node runs were taken from the store (--no-cache computes them)\n", or "".
std::string describe_reuse(const RunRecord& record) {
  std::size_t stored = 0, all = 0;
  for (const host::RowRecord& row : record.rows)
    for (const host::NodeTime& node : row.nodes) {
      all += node.status == "ran" || node.status == "stored" ? 1 : 0;
      stored += node.status == "stored" ? 1 : 0;
    }
  return stored == 0 ? "" : text("{} of {} node runs taken from the store (--no-cache computes them)\n", stored, all);
}

int exit_code(const RunRecord& record) {
  if (caught_signal != 0) return 128 + caught_signal;
  for (const host::RowRecord& row : record.rows)
    if (row.status != host::RowStatus::done) return kRunFailed;
  return kDone;
}

/// One of the further processes of `--jobs`: fills the store and writes nothing else.
Ran run_job(Session& session, const Options& options, const Plan& plan, const std::vector<host::RowMeans>& means) {
  end_with(options.job_of);
  const std::unique_ptr<host::Store> store = open_store();
  if (!store) return {};
  host::EventBus events({}, "", "");
  host::TaskObserver nobody;
  host::ResultCache cache(*store, session.services, plan.rows[0].graph.experiment.name);
  config::Diagnostics ignored;  // the process that started this one meets the same and says it
  host::Executor(plan, session.services, events, nobody, executor_options(options, plan, &cache, means)).run(ignored);
  return {kDone, ""};
}

/// The folder of the run; null, after a message, where something of the user's is in its place.
std::unique_ptr<host::RunFolder> make_folder(const Options& options, const host::Experiment& experiment) try {
  return std::make_unique<host::RunFolder>(options.out.empty() ? "runs" : options.out, experiment.name,
                                           !options.out.empty());
} catch (const host::RunFolderError& error) {
  std::fprintf(stderr, "shoal: error: %s\n", error.what());
  return nullptr;
}

/// Whether there is nothing to retry, and nothing wrong.
bool ended_well_without_plan(const Session& session) {
  return session.retry && session.retry->nothing_failed() && !session.found.has_errors();
}

/// The command that further jobs are started with: by then this run is the latest one.
std::vector<std::string> command_of_jobs(const Options& options, const Session& session) {
  std::vector<std::string> out = options.command;
  if (session.retry) out.push_back("--retry-failed=" + session.retry->folder());
  return out;
}

/// For `--watch`, which started this process; of a pipe that nobody reads it takes no notice.
void tell_dependencies(const Options& options, const Session& session, const std::optional<Plan>& plan) {
  if (options.dependencies_to < 0) return;
  const std::string told = as_text(dependencies_of(session.registry, plan ? &*plan : nullptr));
  static_cast<void>(!write(options.dependencies_to, told.data(), told.size()));
  close(options.dependencies_to);  // processes that are started have no use for it
}

/// For `--live`: listens already, so that nothing is computed where it cannot. Null where nobody asked for it.
std::unique_ptr<LiveProcess> start_live(const Options& options) {
  if (options.live.empty()) return nullptr;
  auto out = std::make_unique<LiveProcess>(options.live);
  std::fprintf(stderr, "shoal: the run's page: %s\n", out->address().c_str());
  return out;
}

std::optional<Plan> plan_measured(const Options& options, Session& session) {
  const host::Stretch stretch(session.services.profile, host::SpanKind::host, "", "read, check and plan");
  return plan_or_explain(options, session);
}

}  // namespace

Ran run_experiment(Session& session, const Options& options, bool with_summary) {
  const auto plan = plan_measured(options, session);
  tell_dependencies(options, session, plan);
  if (!plan) return {.exit = ended_well_without_plan(session) ? kDone : kWrongInput};
  const host::Experiment& experiment = plan->rows[0].graph.experiment;
  const auto means = choose_means(options, session, *plan);
  if (!means) return {};
  const at::Device device = means->front().device;
  session.services.set_threads(means->front().threads);
  const std::int64_t wanted_jobs = jobs_of(options, *plan);
  const bool starts_jobs = wanted_jobs > 1 && options.job_of == 0;
  at::set_num_threads(session.services.pool.threads());
  host::set_cuda_rules();
  watch_signals(session.services.cancelled);
  if (!know_forced_nodes(options, *plan)) return {};
  if (options.job_of != 0) return run_job(session, options, *plan, *means);
  tell_of_one_process(options, *plan);
  std::unique_ptr<LiveProcess> live = start_live(options);

  host::RunFolder* logged_to = nullptr;
  std::unique_ptr<host::Store> store;
  if (!options.no_cache)
    store = open_store([&](const std::string& line) {
      if (logged_to != nullptr) logged_to->log_line(line);
    });
  const std::unique_ptr<host::RunFolder> made = make_folder(options, experiment);
  if (!made) return {};
  host::RunFolder& folder = *made;
  {
    const host::Stretch stretch(session.services.profile, host::SpanKind::host, "", "write plan and environment");
    folder.write_plan(*plan, host::describe_environment(session.registry, options.command,
                                                        session.services.pool.threads(), device.str())
                                 .dump(2));
  }
  if (live) live->serve(folder.path());
  logged_to = &folder;
  std::optional<Jobs> jobs;
  if (starts_jobs && store) jobs.emplace(wanted_jobs - 1, command_of_jobs(options, session));
  further_jobs = jobs ? &*jobs : nullptr;
  std::optional<MemoryLimit> memory;
  if (jobs)
    memory.emplace(memory_limit(options, *plan), *jobs, [&](const std::string& line) {
      std::fprintf(stderr, "shoal: warning: %s\n", line.c_str());
      folder.log_line(line);
    });
  const RunRecord record = execute(session, *plan, folder, store.get(), *means, options);
  memory.reset();
  further_jobs = nullptr;
  jobs.reset();
  {
    const host::Stretch stretch(session.services.profile, host::SpanKind::host, "", "write results and page");
    folder.finish();
    write_reports(session, *plan, folder, record, store.get());
  }
  tell_at_end(options, session);
  if (with_summary)
    std::printf("%s\n%s%s\n", host::summary_table(record).c_str(), describe_reuse(record).c_str(),
                folder.path().string().c_str());
  return {exit_code(record), folder.path().string()};  // and open pages load the report
}

int run(const Options& options) {
  if (options.watch) return watch(options);
  Session session(options);
  return run_experiment(session, options, true).exit;
}

}  // namespace shoal::cli
