// The `shoal-host` program: all that `shoal` can do, with LibTorch. `shoal` becomes it where that is needed, and what
// it starts again, for --jobs, --watch and isolated work, is this program.
#include <malloc.h>

#include <cstdlib>

#include "framework/cli/become.h"
#include "framework/cli/command_line.h"
#include "framework/run/isolated_work.h"

namespace {

using namespace shoal::cli;

int isolated_worker(const Options& options) {
  std::_Exit(shoal::host::serve_isolated_work(options.request));  // libraries may not end well
}

constexpr Commands kCommands = {
    .run = &run,
    .profile = &profile,
    .check = &check,
    .plan = &plan,
    .why = &why,
    .graph = &graph,
    .list_store = &list_store,
    .show_stored = &show_stored,
    .verify_store = &verify_store,
    .prune_store = &prune_store,
    .compare = &compare,
    .report = &report,
    .runs = &runs,
    .show_run = &show_run,
    .diff = &diff,
    .predict = &predict,
    .export_run = &export_run,
    .watch_page = &watch_page,
    .list_plugins = &list_plugins,
    .show_plugin = &show_plugin,
    .lock_plugins = &lock_plugins,
    .rescan_plugins = &rescan_plugins,
    .test_plugins = &test_plugins,
    .new_plugin = &new_plugin,
    .explain = &explain,
    .schema = &schema,
    .completion = &completion,
    .complete_catalogue = &complete_catalogue,
    .man_page = &man_page,
    .isolated_worker = &isolated_worker,
};

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
  keep_freed_memory();
  return do_command(argc, argv, kCommands);
}
