#ifndef SHOAL_FRAMEWORK_CLI_DEPENDENCIES_H_
#define SHOAL_FRAMEWORK_CLI_DEPENDENCIES_H_

#include <string>

#include "framework/cli/options.h"
#include "framework/files/file_watch.h"
#include "framework/graph/plan.h"
#include "framework/plugin/registry.h"

namespace shoal::cli {

/// The files of YAML that the command line names, their bases, and theirs, with the plugins that they name: as far as
/// they can be read, whatever else is wrong with them.
host::Watched yaml_dependencies(const Options& options);

/// The libraries and folders that plugins were looked for in, and, of a plan, all that parameters name by a path: data,
/// files of Python. A plan that did not come about is null.
host::Watched dependencies_of(const host::Registry& registry, const host::Plan* plan);

/// A Watched as text, and back.
std::string as_text(const host::Watched& watched);
host::Watched watched_of(const std::string& text);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_DEPENDENCIES_H_
