#include "framework/cli/using.h"

#include <ATen/Parallel.h>

#include <CLI/CLI.hpp>
#include <cstdio>

namespace shoal::cli {
namespace {

/// Which run, which row and node of it.
void add_run(CLI::App& command, Options& options, const char* of_node) {
  command.add_option("run", options.folder, "A run folder, such as runs/mnist/latest")->required()->type_name("RUN");
  command.add_option("--node", options.node, of_node)->type_name("NAME");
  command.add_option("--row", options.of_row, "The row of the run's matrix, from 1; wanted where there are several")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command.add_option("--seed", options.of_seed, "The row of this seed")->type_name("SEED");
  command.add_option("--threads", options.threads, "Threads to use; default all that this process may use")
      ->check(CLI::PositiveNumber);
  command.add_option("--plugin-path", options.plugin_path, "A folder of plugins, looked at first; may be repeated")
      ->allow_extra_args(false)
      ->type_name("DIR");
}

}  // namespace

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

CLI::App* add_predict(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("predict", "What a finished run says of new examples: class or cluster");
  add_run(*command, options, "The node that answers; wanted where several can");
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
  add_run(*command, options, "The node whose answer is exported; wanted where there are several");
  command->add_option("--out", options.out, "A new folder; default RUN/export/NODE")->type_name("DIR");
  return command;
}

}  // namespace shoal::cli
