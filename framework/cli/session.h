#ifndef SHOAL_FRAMEWORK_CLI_SESSION_H_
#define SHOAL_FRAMEWORK_CLI_SESSION_H_

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>

#include "framework/cli/options.h"
#include "framework/graph/plan.h"
#include "framework/plugin/registry.h"
#include "framework/store/store.h"

namespace shoal::cli {

/// What every command begins with: the services of the process and the plugins found.
struct Session {
  explicit Session(const Options& options);
  host::Services services;
  host::Registry registry;
};

/// The plan of the experiment; all that is wrong with it is printed to stderr, and nothing comes back then.
std::optional<host::Plan> plan_or_explain(const Options& options, Session& session);

/// The device that is asked for, or chosen; nothing, after a message, where the machine has no such.
std::optional<at::Device> choose_device(const std::string& asked);

/// The store, whose warnings go to stderr and to `log`. Null, after a warning, where there can be none: a run goes on
/// without. Throws host::StoreFormatError.
std::unique_ptr<host::Store> open_store(std::function<void(const std::string&)> log = {});

/// Plans and runs the experiment and writes its folder. `folder` is that folder, empty where nothing ran.
struct Ran {
  int exit = kWrongInput;
  std::string folder = {};
};
Ran run_experiment(Session& session, const Options& options, bool with_summary);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_SESSION_H_
