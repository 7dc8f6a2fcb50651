#ifndef SHOAL_FRAMEWORK_RUN_ENVIRONMENT_H_
#define SHOAL_FRAMEWORK_RUN_ENVIRONMENT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/plugin/registry.h"

namespace shoal::host {

/// Where and with what a run was made: machine, program, LibTorch, plugins with their SHA-256, threads, device,
/// command.
nlohmann::ordered_json describe_environment(const Registry& registry, const std::vector<std::string>& command,
                                            int threads, const std::string& device);

/// UTC, "2026-10-02T14:12:09Z".
std::string utc_now();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_ENVIRONMENT_H_
