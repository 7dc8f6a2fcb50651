#ifndef SHOAL_FRAMEWORK_CLI_BECOME_H_
#define SHOAL_FRAMEWORK_CLI_BECOME_H_

#include <string>
#include <vector>

#include "framework/cli/options.h"

namespace shoal::cli {

/// Becomes the program `name` that lies beside this one: the same process, so that signals, terminal and exit code are
/// its own. `words` are its command line, of which the first is what it is called. Comes back, with kWrongInput and
/// after a message, only where that cannot be.
int become(const std::string& name, std::vector<std::string> words);

/// Becomes shoal-host, with the command line as it was typed.
int become_host(const Options& options);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_BECOME_H_
