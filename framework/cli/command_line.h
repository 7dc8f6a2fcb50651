#ifndef SHOAL_FRAMEWORK_CLI_COMMAND_LINE_H_
#define SHOAL_FRAMEWORK_CLI_COMMAND_LINE_H_

#include "framework/cli/options.h"

namespace shoal::cli {

/// What a program does for each command; one that is left out is an error of the compiler.
struct Commands {
  using Function = int (*)(const Options&);
  Function run, profile, check, plan, why, graph;                                              ///< experiments
  Function list_store, show_stored, verify_store, prune_store;                                 ///< the store
  Function compare, report, runs, show_run, diff, predict, export_run, watch_page;             ///< finished runs
  Function list_plugins, show_plugin, lock_plugins, rescan_plugins, test_plugins, new_plugin;  ///< plugins
  Function explain, schema, completion;                                                        ///< help
  Function complete_catalogue, man_page, isolated_worker;                                      ///< for ourselves
};

/// Reads the command line of `shoal` and calls what `commands` has for it. The exit code, after errors were told.
int do_command(int argc, char** argv, const Commands& commands);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_COMMAND_LINE_H_
