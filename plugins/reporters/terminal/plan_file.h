// plan_file.h: which nodes a run has to work on, from plan.json in its folder.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_PLAN_FILE_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_PLAN_FILE_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace shoal {

/// The nodes that work, of each row that has work of its own, in their order; those that rows share are in the first
/// one. Empty where there is no plan that can be read: what runs is then shown without what is to come.
std::map<std::int64_t, std::vector<std::string>> read_planned_nodes(const std::filesystem::path& run_folder);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_PLAN_FILE_H_
