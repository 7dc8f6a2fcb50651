#ifndef SHOAL_FRAMEWORK_CLI_SESSION_H_
#define SHOAL_FRAMEWORK_CLI_SESSION_H_

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>

#include "framework/cli/options.h"
#include "framework/cli/retry.h"
#include "framework/graph/plan.h"
#include "framework/plugin/registry.h"
#include "framework/run/executor.h"

namespace shoal::cli {

/// What every command begins with: the services of the process and the plugins found.
struct Session {
  explicit Session(const Options& options);
  host::Services services;
  host::Scan scan;
  host::Registry registry;
  config::Diagnostics found;   ///< by planning and running
  std::optional<Retry> retry;  ///< with --retry-failed
};

/// Prints diagnostics in the form that the user asked for (`--format`). Text goes to stderr, and so does another form
/// but for `shoal check`, whose output it is.
void tell(const Options& options, const config::Diagnostics& diagnostics, std::string_view outcome = "");

/// Adds to `session.found`, and tells it at once where that is text.
void tell_and_keep(const Options& options, Session& session, const config::Diagnostics& diagnostics,
                   std::string_view outcome = "");

/// The same of what looking into the data found. False where that ends the command: after errors, and with --strict
/// after warnings.
bool tell_of_data(const Options& options, Session& session, const config::Diagnostics& diagnostics);

/// Other forms than text are told once, as one document, when a command ends: whatever was found, nothing included.
void tell_at_end(const Options& options, const Session& session);

/// The plan of the experiment; all that is wrong with it is told, and nothing comes back then. What is less than wrong
/// is in `session.found`, told now as text, in another form by tell_at_end.
std::optional<host::Plan> plan_or_explain(const Options& options, Session& session);

/// The names of all nodes that a row has, each once.
std::vector<std::string> node_names(const host::Plan& plan);

/// How many processes work at once, as the options or else the experiment want it.
std::int64_t jobs_of(const Options& options, const host::Plan& plan);

/// The device and the threads of each row, as the command line or the experiment asks for them; threads are shared out
/// between the processes of --jobs. Nothing, after P404, where the machine has no such device.
std::optional<std::vector<host::RowMeans>> choose_means(const Options& options, Session& session,
                                                        const host::Plan& plan);

/// Plans and runs the experiment and writes its folder. `folder` is that folder, empty where nothing ran.
struct Ran {
  int exit = kWrongInput;
  std::string folder = {};
};
Ran run_experiment(Session& session, const Options& options, bool with_summary);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_SESSION_H_
