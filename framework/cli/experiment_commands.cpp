// The command line of what is done with experiments.
#include "framework/cli/add_commands.h"
#include "framework/config/scalars.h"

namespace shoal::cli {
namespace {

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

/// A command that runs an experiment and writes its folder.
CLI::App* add_running(CLI::App& app, Options& options, const char* name, const char* what) {
  auto* command = app.add_subcommand(name, what);
  add_experiment(*command, options);
  add_errors_format(*command, options);
  command->add_option("--out", options.out, "The run folder; default runs/<name>/<date>-<time>-<word>")
      ->type_name("DIR");
  return command;
}

void add_means(CLI::App& command, Options& options) {
  add_threads(command, options);
  command.add_option("--device", options.device, "cpu, cuda or cuda:N; default what the experiment says");
  command.add_flag("-q,--quiet", options.quiet, "No progress, only the results");
}

CLI::App* add_run(CLI::App& app, Options& options) {
  auto* command = add_running(app, options, "run", "Plan and run an experiment");
  add_means(*command, options);
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
          "--memory", [&options](const std::string& size) { options.memory = config::bytes_of(size); },
          "With --jobs: what all processes together may hold; while they hold more, one of them is ended (default nine "
          "tenths of what is left)")
      ->check(CLI::Validator(
          [](const std::string& size) {
            return config::bytes_of(size).value_or(0) > 0
                       ? ""
                       : "wants a number and M, G or T, as in 8G; got '" + size + "'";
          },
          ""))
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
  auto* command = add_running(app, options, "profile", "Run an experiment and show where time and memory go");
  command
      ->add_option("--trace", options.trace,
                   "The trace, for ui.perfetto.dev or chrome://tracing; default trace.json in the run folder")
      ->type_name("FILE");
  add_means(*command, options);
  command->add_flag("--cache", options.with_store,
                    "With the store: what it has is taken, and what is computed is kept; default without");
  return command;
}

}  // namespace

void add_experiment_commands(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  line.on(add_run(app, options), commands.run);
  line.on(add_profile(app, options), commands.profile);
  auto* check = app.add_subcommand("check", "Check everything that can be checked without running");
  add_experiment(*check, options);
  auto* resolved = check->add_flag("--resolved", options.resolved, "Print the whole file, as one row has it");
  auto* origin = check->add_flag("--origin", options.origin, "Print every value and where it comes from");
  resolved->excludes(origin);
  check->add_option("--row", options.row, "Of this row of the matrix (default 1)")->check(CLI::PositiveNumber);
  add_errors_format(*check, options);
  check->parse_complete_callback([&options = line.options] { options.errors_to_output = true; });
  line.on(check, commands.check);
  auto* plan = app.add_subcommand("plan", "Show what would run, and what is shared between rows");
  add_experiment(*plan, options);
  add_errors_format(*plan, options);
  line.on(plan, commands.plan);
  auto* why = app.add_subcommand("why", "Why a node would be computed, or would not");
  add_experiment(*why, options, true);
  line.on(why, commands.why);
  auto* graph = app.add_subcommand("graph", "Show the graph");
  add_experiment(*graph, options);
  graph->add_option("--format", options.format, "text, dot or svg")->check(CLI::IsMember({"text", "dot", "svg"}));
  graph->add_flag("--stored", options.stored, "Say which results the store has");
  line.on(graph, commands.graph);
}

}  // namespace shoal::cli
