#ifndef SHOAL_FRAMEWORK_CLI_ADD_COMMANDS_H_
#define SHOAL_FRAMEWORK_CLI_ADD_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "framework/cli/command_line.h"

namespace shoal::cli {

/// The command line while it is put together, and what was chosen once it has been read.
struct CommandLine {
  CLI::App& app;
  Options& options;
  const Commands& commands;
  Commands::Function chosen = nullptr;

  /// `command` chooses `function`.
  void on(CLI::App* command, Commands::Function function) {
    command->callback([this, function] { chosen = function; });
  }
  /// The same of a command that has others below it, where it stands alone.
  void on_alone(CLI::App* command, Commands::Function function) {
    command->callback([this, command, function] {
      if (command->get_subcommands().empty()) chosen = function;
    });
  }
};

// An option that may be repeated takes one value each time (allow_extra_args(false)): left alone, CLI11 gives it all
// that follows, the experiment too.

/// Where plugins and data are looked for, and which plugins are opened.
void add_common(CLI::App& command, Options& options);

// Options of several commands: --plugin-path, --threads, --bench.
CLI::Option* add_plugin_path(CLI::App& command, Options& options);
CLI::Option* add_threads(CLI::App& command, Options& options);
CLI::Option* add_bench(CLI::App& command, Options& options);

/// run, profile, check, plan, why, graph: what is done with experiments.
void add_experiment_commands(CommandLine& line);

/// compare, report, runs, show, diff, predict, export, watch: what is done with finished runs.
void add_run_commands(CommandLine& line);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_ADD_COMMANDS_H_
