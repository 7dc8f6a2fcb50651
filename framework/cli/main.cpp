// The `shoal` program. It starts at once, since it has no LibTorch: what needs no tensors it answers by itself, and for
// all else it becomes shoal-host (host_main.cpp), which has the same command line.
#include "framework/cli/become.h"
#include "framework/cli/command_line.h"

namespace {

using namespace shoal::cli;

int compare_or_become_host(const Options& options) {
  return options.quick.data.empty() ? compare_runs(options) : become_host(options);
}

constexpr Commands kCommands = {
    .run = &become_host,
    .profile = &become_host,
    .check = &become_host,
    .plan = &become_host,
    .why = &become_host,
    .graph = &become_host,
    .list_store = &list_store,
    .show_stored = &show_stored,
    .verify_store = &verify_store,
    .prune_store = &prune_store,
    .compare = &compare_or_become_host,
    .report = &become_host,
    .runs = &runs,
    .show_run = &show_run,
    .diff = &diff,
    .predict = &become_host,
    .export_run = &become_host,
    .watch_page = &watch_page,
    .list_plugins = &list_plugins,
    .show_plugin = &become_host,
    .lock_plugins = &lock_plugins,
    .rescan_plugins = &rescan_plugins,
    .test_plugins = &become_host,
    .new_plugin = &new_plugin,
    .explain = &explain,
    .schema = &become_host,
    .completion = &completion,
    .complete_catalogue = &become_host,
    .man_page = &man_page,
    .isolated_worker = &become_host,
};

}  // namespace

int main(int argc, char** argv) { return do_command(argc, argv, kCommands); }
