#ifndef SHOAL_FRAMEWORK_CLI_WATCH_PAGE_H_
#define SHOAL_FRAMEWORK_CLI_WATCH_PAGE_H_

#include "framework/cli/options.h"

namespace CLI {
class App;
}

namespace shoal::cli {

/// `shoal watch`, which another program does: it is given what stands behind the word.
CLI::App* add_watch_page(CLI::App& app);

/// Becomes shoal-watch (watch_main.cpp); comes back, with a message, only where that cannot be.
int watch_page(const Options& options);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_WATCH_PAGE_H_
