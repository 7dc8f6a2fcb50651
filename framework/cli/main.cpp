// The `shoal` program: arguments → one function.
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <vector>

#include "framework/cli/completion.h"
#include "framework/cli/man_page.h"
#include "framework/cli/options.h"
#include "framework/cli/using.h"
#include "framework/cli/watch_page.h"
#include "framework/config/scalars.h"
#include "framework/plugin/crash.h"
#include "framework/run/isolated_work.h"
#include "framework/store/store.h"
#include "shoal/abi.h"
#include "shoal/error.h"

namespace {

using shoal::cli::Options;

// An option that may be repeated takes one value each time (allow_extra_args(false)): left alone, CLI11 gives it all
// that follows, the experiment too.

void add_common(CLI::App& command, Options& options) {
  command.add_option("--plugin-path", options.plugin_path, "A folder of plugins, looked at first; may be repeated")
      ->allow_extra_args(false)
      ->type_name("DIR");
  command.add_flag("--allow-writable-plugins", options.allow_writable_plugins,
                   "Open plugins that anyone may change, too");
  command.add_option("--data", options.data, "A folder of datasets, looked at first; may be repeated")
      ->allow_extra_args(false)
      ->type_name("DIR");
}

/// `node`: the command wants the name of a node, too.
void add_experiment(CLI::App& command, Options& options, bool node = false) {
  command.add_option("experiment", options.experiment, "The experiment file")->required()->type_name("EXP");
  if (node) command.add_option("node", options.node, "The node")->required();
  command
      .add_option("override", options.overrides,
                  "Changes: path=value, path+=value, ~path; kmeans.k=50 sets parameter k of node kmeans")
      ->type_name("PATH=VALUE");
  command
      .add_option("--with", options.overlays, "A file laid over the experiment, before the changes; may be repeated")
      ->allow_extra_args(false)
      ->type_name("FILE");
  command
      .add_option("-m,--matrix", options.axes,
                  "An axis of the matrix: kmeans.k=10,100, kmeans.k=1..10, rate=log(1e-4,1e-1,4); may be repeated")
      ->allow_extra_args(false)
      ->type_name("PATH=VALUES");
  command.add_option("--seeds", options.seeds, "Repeat every row for so many seeds")->check(CLI::PositiveNumber);
  command.add_option("--shard", options.shard, "Only a part of the rows, the same in each of N runs: 1/4 … 4/4")
      ->type_name("I/N");
  command.add_flag("--strict", options.strict, "Warnings are errors");
  add_common(command, options);
}

void add_errors_format(CLI::App& command, Options& options) {
  command.add_option("--format", options.errors_as, "What is wrong, as text, json, sarif or github")
      ->check(CLI::IsMember({"text", "json", "sarif", "github"}))
      ->type_name("FORMAT");
}

CLI::Option* add_bench(CLI::App& command, Options& options) {
  return command
      .add_option("--bench", options.bench,
                  "When all rows have run, fit every clusterer so often again, all in turn, and time that (default 5)")
      ->expected(0, 1)
      ->default_str("5")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
}

CLI::App* add_run(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("run", "Plan and run an experiment");
  add_experiment(*command, options);
  add_errors_format(*command, options);
  command->add_option("--out", options.out, "The run folder; default runs/<name>/<date>-<time>-<word>")
      ->type_name("DIR");
  command->add_option("--threads", options.threads, "Threads to use; default all that this process may use")
      ->check(CLI::PositiveNumber);
  command->add_option("--device", options.device, "cpu, cuda or cuda:N; default what the experiment says");
  command->add_flag("-q,--quiet", options.quiet, "No progress, only the results");
  add_bench(*command, options);
  command->add_flag("--no-cache", options.no_cache, "Take nothing from the store and keep nothing in it");
  command
      ->add_option("--checkpoint-every", options.checkpoint_every,
                   "How far a node's checkpoints are apart at least, from which the same command goes on after a kill; "
                   "0: each that is offered, after every epoch of training (default 60)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
  command->add_option("--force", options.force, "Compute this node, whatever the store has; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NODE");
  command
      ->add_flag("--retry-failed{latest}", options.retry_failed,
                 "Only the rows that failed, were skipped or cancelled in the experiment's latest run, or in RUN "
                 "(--retry-failed=RUN); that run stays as it is")
      ->take_last()
      ->type_name("RUN");
  command->add_option("--jobs", options.jobs, "So many processes at once, which share the threads and the store")
      ->check(CLI::PositiveNumber)
      ->excludes("--no-cache")
      ->excludes("--bench")
      ->type_name("N");
  command
      ->add_option_function<std::string>(
          "--memory", [&options](const std::string& size) { options.memory = shoal::config::bytes_of(size); },
          "With --jobs: what all processes together may hold; while they hold more, one of them is ended (default nine "
          "tenths of what is left)")
      ->check(CLI::Validator([](const std::string& size) {
        return shoal::config::bytes_of(size) ? "" : "wants a number and M, G or T, as in 8G; got '" + size + "'";
      }, ""))
      ->type_name("SIZE");
  command->add_option("--job", options.job_of, "")->group("");  // for ourselves
  command->add_option("--dependencies-to", options.dependencies_to, "")->group("");
  command
      ->add_flag("--watch", options.watch,
                 "Run again, in a new process, whenever a file changes that it depends on: the experiment and its "
                 "bases, plugins, data and Python files that it names by a path. Ctrl-C ends")
      ->excludes("--out")
      ->excludes("--retry-failed");
  command
      ->add_option("--live", options.live,
                   "Serve the run's page on this machine while it goes on; 0 takes a free port; only this machine "
                   "reaches it unless an address says otherwise (0.0.0.0:8123). The address is printed")
      ->excludes("--bench")
      ->type_name("PORT");
  auto* fail_fast = command->add_flag("--fail-fast", options.fail_fast, "Begin nothing more after the first failure");
  command->add_flag("--keep-going", options.keep_going, "Run what a failure leaves, whatever the experiment says")
      ->excludes(fail_fast);
  command
      ->add_option("--timeout", options.timeout,
                   "Stop the work of a node that says no timeout of its own after so long, at the next place where it "
                   "looks")
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS");
  return command;
}

CLI::App* add_profile(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("profile", "Run an experiment and show where time and memory go");
  add_experiment(*command, options);
  add_errors_format(*command, options);
  command->add_option("--out", options.out, "The run folder; default runs/<name>/<date>-<time>-<word>")
      ->type_name("DIR");
  command
      ->add_option("--trace", options.trace,
                   "The trace, for ui.perfetto.dev or chrome://tracing; default trace.json in the run folder")
      ->type_name("FILE");
  command->add_option("--threads", options.threads, "Threads to use; default all that this process may use")
      ->check(CLI::PositiveNumber);
  command->add_option("--device", options.device, "cpu, cuda or cuda:N; default what the experiment says");
  command->add_flag("-q,--quiet", options.quiet, "No progress, only the results");
  command->add_flag("--cache", options.with_store,
                    "With the store: what it has is taken, and what is computed is kept; default without");
  return command;
}

/// What is kept between runs.
CLI::App* add_store(CLI::App& app, Options& options, int (*&chosen)(const Options&)) {
  auto* command = app.add_subcommand("store", "What is kept between runs: list, show, verify, prune");
  command->require_subcommand(0, 1);
  const auto on = [&](const char* name, const char* what, int (*function)(const Options&)) {
    auto* sub = command->add_subcommand(name, what);
    sub->callback([&chosen, function] { chosen = function; });
    return sub;
  };
  on("list", "All results, the latest used last", &shoal::cli::list_store);
  on("show", "What one result is, and what its key is made of", &shoal::cli::show_stored)
      ->add_option("key", options.key, "The key, or how it begins")
      ->required();
  on("verify", "Read everything; what is damaged is put aside and computed again when it is needed",
     &shoal::cli::verify_store);
  auto* prune =
      on("prune", "Remove what was not used for long; run folders keep what they have", &shoal::cli::prune_store);
  prune->add_option("--older", options.older, "Not used for so long: 12h, 30d, 8w")->type_name("AGE");
  prune->add_option("--max-size", options.max_size, "The longest unused, until so much is left: 500M, 20G")
      ->type_name("SIZE");
  prune->add_flag("--dry-run", options.dry_run, "Only show what would be removed");
  return command;
}

/// What is loaded.
void add_plugins(CLI::App& app, Options& options, int (*&chosen)(const Options&)) {
  auto* command = app.add_subcommand("plugins", "What is loaded, from where, and what is not");
  command->require_subcommand(0, 1);
  add_common(*command, options);
  command->add_flag("-v,--verbose", options.verbose, "Files that are no plugins, too");
  const auto on = [&](const char* name, const char* what, int (*function)(const Options&)) {
    auto* sub = command->add_subcommand(name, what);
    add_common(*sub, options);
    sub->callback([&chosen, function] { chosen = function; });
    return sub;
  };
  auto* show = on("show", "Parameters, ports and traits of a component", &shoal::cli::show_plugin);
  show->add_option("component", options.component, "kind/name, or a part of it")->required();
  show->add_flag("--markdown", options.markdown, "As a table for a README");
  auto* lock = on("lock", "Write plugins.lock: experiments in this folder run with these plugins and no others",
                  &shoal::cli::lock_plugins);
  lock->add_flag("--update", options.update, "Even where there is one that says otherwise");
  lock->parse_complete_callback([&options] { options.without_lock = true; });
  on("rescan", "Try all plugins again, those that crashed too, and list them", &shoal::cli::rescan_plugins);
  auto* test = on("test", "Try what every component of its kind must hold to, each case in a process of its own",
                  &shoal::cli::test_plugins);
  test->add_option("files", options.files, "Plugins")->required()->type_name("FILE…");
  test->add_option("--level", options.level, "How much: quick (default), full, long")
      ->check(CLI::IsMember({"quick", "full", "long"}))
      ->type_name("LEVEL");
  test->add_option("--only", options.only, "Cases whose kind/name.case this is found in")->type_name("REGEX");
  test->add_option("--seed", options.kit_seed, "The first seed")->type_name("N");
  test->add_option("--with", options.overrides, "A parameter of every component that has one of that name")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  test->add_option("--timeout", options.kit_patience,
                   "Seconds of the processor that a case may take, or six times that by the clock (default 60, 300 or "
                   "1800)")
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS");
  test->add_flag("--in-process", options.in_process, "No processes: for a debugger");
  test->add_flag("--json", options.json, "As JSON");
  command->callback([&chosen, command] {
    if (command->get_subcommands().empty()) chosen = &shoal::cli::list_plugins;
  });
}

CLI::App* add_new(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("new", "A project for a plugin of your own, which works and has a test");
  command->add_option("kind", options.kind, "clusterer, transform, encoder …: what it is to be")
      ->required()
      ->type_name("KIND");
  command->add_option("name", options.plugin_name, "Such as farthest-first: of plugin, component and folder")
      ->required()
      ->type_name("NAME");
  command
      ->add_option("--language", options.language,
                   "c++, c or rust; the last two for kinds without tensors (default c++)")
      ->check(CLI::IsMember({"c++", "c", "rust"}));
  add_common(*command, options);
  return command;
}

/// A comparison without an experiment of one's own.
void add_quick_comparison(CLI::App& command, Options& options) {
  auto* data = command
                   .add_option("--data", options.quick.data,
                               "Compare on this file, or on a dataset by its name: the experiment is written to runs/, "
                               "run, and its table printed")
                   ->excludes("runs")
                   ->type_name("FILE|NAME");
  const auto of_data = [&](CLI::Option* option) { option->needs(data)->group("With --data"); };
  of_data(command
              .add_option("--clusterers", options.quick.clusterers,
                          "Such as kmeans, dbscan, sklearn-kmeans, python:sklearn.cluster.Birch")
              ->delimiter(',')
              ->allow_extra_args(false)
              ->type_name("NAME,…"));
  of_data(command.add_option("--k", options.quick.k, "Numbers of clusters")
              ->delimiter(',')
              ->allow_extra_args(false)
              ->check(CLI::PositiveNumber)
              ->type_name("K,…"));
  of_data(command.add_option("--seeds", options.quick.seeds, "Repeat for so many seeds (default 3)")
              ->check(CLI::PositiveNumber));
  of_data(command
              .add_option("--labels", options.quick.labels,
                          "True classes: an .npy file, or a column or array of the data by its name")
              ->type_name("FILE|NAME"));
  of_data(command.add_flag("--same-start", options.quick.same_start, "All that can, start from the same centroids"));
  of_data(command
              .add_option("--timeout", options.quick.timeout_seconds,
                          "Each fit in a process of its own, ended after so many seconds")
              ->check(CLI::PositiveNumber)
              ->type_name("SECONDS"));
  of_data(command.add_option("--threads", options.threads, "Threads to use; default all that this process may use")
              ->check(CLI::PositiveNumber));
  of_data(
      command.add_option("--plugin-path", options.plugin_path, "A folder of plugins, looked at first; may be repeated")
          ->allow_extra_args(false)
          ->type_name("DIR"));
  of_data(add_bench(command, options));
  of_data(command.add_flag("-q,--quiet", options.quiet, "No progress, only the table"));
}

CLI::App* add_compare(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("compare", "A table over the settings of runs: means, paired differences, times");
  command->add_option("runs", options.runs, "Run folders, such as runs/mnist/latest")->type_name("RUN");
  add_quick_comparison(*command, options);
  command->add_option("--metrics", options.metrics, "Shown, the first is judged; default what the experiment reports")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,…");
  command->add_flag("--all", options.all, "Every metric that the runs have");
  command->add_flag("--differences", options.differences, "Differences to the baseline of every metric shown");
  command
      ->add_option("--baseline", options.baseline,
                   "What the others are measured against, may be repeated; default the first column's first label")
      ->allow_extra_args(false)
      ->type_name("AXIS=LABEL|none");
  command->add_option("--where", options.where, "Only rows with this label; may be repeated")
      ->allow_extra_args(false)
      ->type_name("AXIS=LABEL");
  command->add_option("--sort", options.sort, "By a column, or by a metric, the best first")->type_name("NAME");
  command->add_option("--pivot", options.pivot, "The judged metric alone, this column's labels side by side")
      ->type_name("COLUMN");
  command->add_option("--practical", options.practical, "A difference of the judged metric up to this counts as none")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--format", options.format, "text, md, tex, csv, json or html")
      ->check(CLI::IsMember({"text", "md", "tex", "csv", "json", "html"}));
  return command;
}

CLI::App* add_report(CLI::App& app, Options& options) {
  auto* command =
      app.add_subcommand("report", "A page of runs for a browser, in one file: tables, charts, graph, images");
  command->add_option("runs", options.runs, "Run folders, such as runs/mnist/latest")->required()->type_name("RUN");
  command->add_option("--out", options.out, "The file; default report.html in the folder of the run")
      ->type_name("FILE");
  command->add_option("--metrics", options.metrics, "Shown, the first is judged; default what the experiment reports")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,…");
  command
      ->add_option("--row", options.of_row,
                   "Whose clusters, map and confusion matrices are open; default the best one's")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  add_common(*command, options);
  return command;
}

/// What looks at runs.
void add_text_or_json(CLI::App& command, Options& options) {
  command.add_option("--format", options.format, "text or json")->check(CLI::IsMember({"text", "json"}));
}

CLI::App* add_runs(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("runs", "List the runs in a folder: rows, seconds, the first metric reported");
  command->add_option("folder", options.folder, "Default runs")->type_name("DIR");
  add_text_or_json(*command, options);
  return command;
}

CLI::App* add_show(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("show", "What a run came to, its nodes, where it was made, its files");
  command->add_option("run", options.runs, "A run folder, such as runs/mnist/latest")
      ->required()
      ->expected(1)
      ->type_name("RUN");
  add_text_or_json(*command, options);
  return command;
}

CLI::App* add_diff(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("diff", "What two runs have differently: values, machine and plugins, metrics");
  command->add_option("runs", options.runs, "Two run folders")->required()->expected(2)->type_name("RUN");
  add_text_or_json(*command, options);
  return command;
}

/// LibTorch's OpenMP threads wait by spinning unless they are told otherwise before they are loaded. On a machine that
/// others use too that makes training many times slower, and it gains nothing measurable on an idle one. Commands that
/// compute nothing are spared the second start.
void let_threads_sleep(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const bool computes =
      !arguments.empty() && (arguments[0] == "run" || arguments[0] == "compare" || arguments[0] == "profile");
  if (!computes || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  if (arguments[0] == "compare" && std::none_of(arguments.begin(), arguments.end(), [](std::string_view argument) {
        return argument.starts_with("--data");
      }))
    return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  execv("/proc/self/exe", argv);  // where that fails, threads spin
}

/// Tensors of a training step are some hundred kB to a few MB, made and freed again in each. Unless told otherwise, the
/// C library gives such memory back to the system, which clears every page of it for the next step: an eighth of the
/// processor's time of an epoch of the exercise's network. What is above 32 MB still goes back at once.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that it takes
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGUSR1,
              SIG_IGN);  // it asks for a checkpoint: until a run listens, and of what has none, it asks nothing
  let_threads_sleep(argc, argv);
  keep_freed_memory();
  Options options;
  options.command.assign(argv, argv + argc);
  CLI::App app("Learning representations by clustering, from plugins and YAML", "shoal");
  app.set_version_flag("--version", std::string("shoal ") + SHOAL_SDK_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done; 1 the input is wrong, nothing ran; 2 a run failed, what was finished is kept; 130 "
      "interrupted.");
  int (*chosen)(const Options&) = nullptr;
  const auto on = [&](CLI::App* command, int (*function)(const Options&)) {
    command->callback([&chosen, function] { chosen = function; });
  };

  on(add_run(app, options), &shoal::cli::run);
  on(add_profile(app, options), &shoal::cli::profile);
  auto* check = app.add_subcommand("check", "Check everything that can be checked without running");
  add_experiment(*check, options);
  auto* resolved = check->add_flag("--resolved", options.resolved, "Print the whole file, as one row has it");
  auto* origin = check->add_flag("--origin", options.origin, "Print every value and where it comes from");
  resolved->excludes(origin);
  check->add_option("--row", options.row, "Of this row of the matrix (default 1)")->check(CLI::PositiveNumber);
  add_errors_format(*check, options);
  check->parse_complete_callback([&options] { options.errors_to_output = true; });
  on(check, &shoal::cli::check);
  auto* plan = app.add_subcommand("plan", "Show what would run, and what is shared between rows");
  add_experiment(*plan, options);
  add_errors_format(*plan, options);
  on(plan, &shoal::cli::plan);
  auto* why = app.add_subcommand("why", "Why a node would be computed, or would not");
  add_experiment(*why, options, true);
  on(why, &shoal::cli::why);
  auto* store = add_store(app, options, chosen);
  store->callback([&chosen, store] {
    if (store->get_subcommands().empty()) chosen = &shoal::cli::list_store;
  });
  auto* graph = app.add_subcommand("graph", "Show the graph");
  add_experiment(*graph, options);
  graph->add_option("--format", options.format, "text, dot or svg")->check(CLI::IsMember({"text", "dot", "svg"}));
  graph->add_flag("--stored", options.stored, "Say which results the store has");
  on(graph, &shoal::cli::graph);
  on(add_compare(app, options), &shoal::cli::compare);
  on(add_report(app, options), &shoal::cli::report);
  on(add_runs(app, options), &shoal::cli::runs);
  on(add_show(app, options), &shoal::cli::show_run);
  on(add_diff(app, options), &shoal::cli::diff);
  on(shoal::cli::add_predict(app, options), &shoal::cli::predict);
  on(shoal::cli::add_export(app, options), &shoal::cli::export_run);
  on(shoal::cli::add_watch_page(app), &shoal::cli::watch_page);
  auto* explain = app.add_subcommand("explain", "What the id of an error or a warning means, and how to mend it");
  explain->add_option("id", options.ids, "Such as K203; without one all are listed")->type_name("ID");
  explain->add_flag("--markdown", options.markdown, "All of them, as docs/diagnostics.md");
  on(explain, &shoal::cli::explain);
  add_plugins(app, options, chosen);
  on(add_new(app, options), &shoal::cli::new_plugin);
  auto* schema = app.add_subcommand("schema", "JSON Schema of experiment files, for editors and validators");
  schema->add_flag("--vscode", options.vscode, "Settings of Visual Studio Code that use it, instead");
  add_common(*schema, options);
  on(schema, &shoal::cli::schema);

  auto* completion = app.add_subcommand("completion", "A script that completes commands, paths and components");
  completion->add_option("shell", options.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  on(completion, &shoal::cli::completion);
  auto* catalogue = app.add_subcommand("complete-catalogue", "")->group("");  // for shoal-complete
  auto* man_page = app.add_subcommand("man-page", "")->group("");             // for the build

  int request = -1;  // for ourselves: work in a process of its own
  auto* worker = app.add_subcommand("isolated-worker", "")->group("");
  worker->add_option("request", request)->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? shoal::cli::kDone : shoal::cli::kWrongInput;
  }
  try {
    if (worker->parsed()) std::_Exit(shoal::host::serve_isolated_work(request));  // libraries may not end well
    shoal::host::explain_crashes(
        "what was finished is kept, and the same command goes on; a transform, clusterer or metric that may not stay "
        "alive takes `isolate: process`");
    if (man_page->parsed()) return shoal::cli::print_man_page(app);
    if (catalogue->parsed()) return shoal::cli::print_catalogue(app);
    return chosen(options);
  } catch (const shoal::host::StoreFormatError& error) {
    std::fprintf(stderr, "shoal: error[S706]: %s\n", error.what());
    return shoal::cli::kWrongInput;
  } catch (const shoal::InputError& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return shoal::cli::kWrongInput;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "shoal: error: %s\n", error.what());
    return shoal::cli::kRunFailed;
  }
}
