#include "plan_file.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace shoal {
namespace {

/// Others only declare what these use.
bool works(const nlohmann::json& task) {
  const std::string use = task.at("use");
  if (use.starts_with("trainer/") || use.starts_with("metric/")) return true;
  const bool can = use.starts_with("transform/") || use.starts_with("encoder/") || use.starts_with("clusterer/");
  return can && task.contains("in") && task["in"].contains("data");
}

}  // namespace

std::map<std::int64_t, std::vector<std::string>> read_planned_nodes(const std::filesystem::path& run_folder) try {
  std::map<std::int64_t, std::vector<std::string>> out;
  std::ifstream in(run_folder / "plan.json");
  if (!in) return out;
  const auto plan = nlohmann::json::parse(in);
  for (const auto& task : plan.at("tasks"))
    if (works(task)) out[task.at("row")].push_back(task.at("node"));
  return out;
} catch (const nlohmann::json::exception&) {
  return {};
}

}  // namespace shoal
