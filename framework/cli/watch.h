#ifndef SHOAL_FRAMEWORK_CLI_WATCH_H_
#define SHOAL_FRAMEWORK_CLI_WATCH_H_

#include "framework/cli/options.h"

namespace shoal::cli {

/// `shoal run --watch`: the same command without that word, in a process of its own, again after each change of a file
/// that it depends on. A library that was built anew is thus opened anew, which one process cannot do. What is wrong
/// with a file is that process's to say; the next change is waited for whatever came of it. Returns when the user stops
/// it: 130 or 143.
int watch(const Options& options);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_WATCH_H_
