// The command line of what is done with finished runs.
#include "framework/cli/add_commands.h"

namespace shoal::cli {
namespace {

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
  of_data(add_threads(command, options));
  of_data(add_plugin_path(command, options));
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

/// Which run, which row and node of it.
void add_used_run(CLI::App& command, Options& options, const char* of_node) {
  command.add_option("run", options.folder, "A run folder, such as runs/mnist/latest")->required()->type_name("RUN");
  command.add_option("--node", options.node, of_node)->type_name("NAME");
  command.add_option("--row", options.of_row, "The row of the run's matrix, from 1; wanted where there are several")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command.add_option("--seed", options.of_seed, "The row of this seed")->type_name("SEED");
  add_threads(command, options);
  add_plugin_path(command, options);
}

CLI::App* add_predict(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("predict", "What a finished run says of new examples: class or cluster");
  add_used_run(*command, options, "The node that answers; wanted where several can");
  command
      ->add_option("files", options.files,
                   "Images (PNG, JPEG, PGM) in the form that the run learnt from, or one IDX or NPY file of examples")
      ->required()
      ->type_name("FILE…");
  command->add_flag("--resize", options.resize, "Scale images of another size, instead of refusing them");
  command->add_option("--out", options.out, "Write the labels, (N) int64, as NPY; printed only with --format too")
      ->type_name("FILE.npy");
  command->add_option("--format", options.format, "text, json or csv")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->each([&options](const std::string&) { options.format_given = true; });
  return command;
}

CLI::App* add_export(CLI::App& app, Options& options) {
  auto* command =
      app.add_subcommand("export", "What a finished run trained, as files for PyTorch, NumPy, scikit-learn");
  add_used_run(*command, options, "The node whose answer is exported; wanted where there are several");
  command->add_option("--out", options.out, "A new folder; default RUN/export/NODE")->type_name("DIR");
  return command;
}

CLI::App* add_watch_page(CLI::App& app) {
  auto* command = app.add_subcommand("watch", "A run's page for a browser on this machine, while it goes on and after");
  command->set_help_flag();  // its own program knows what it takes
  command->prefix_command();
  return command;
}

}  // namespace

void add_run_commands(CommandLine& line) {
  auto& [app, options, commands, chosen] = line;
  line.on(add_compare(app, options), commands.compare);
  line.on(add_report(app, options), commands.report);
  line.on(add_runs(app, options), commands.runs);
  line.on(add_show(app, options), commands.show_run);
  line.on(add_diff(app, options), commands.diff);
  line.on(add_predict(app, options), commands.predict);
  line.on(add_export(app, options), commands.export_run);
  line.on(add_watch_page(app), commands.watch_page);
}

}  // namespace shoal::cli
