#include "plan_file.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace shoal {
namespace {

using nlohmann::ordered_json;

/// Others only declare what these use.
bool works(const ordered_json& task) {
  const std::string use = task.at("use");
  if (use.starts_with("trainer/") || use.starts_with("metric/")) return true;
  const bool can = use.starts_with("transform/") || use.starts_with("encoder/") || use.starts_with("clusterer/");
  return can && task.contains("in") && task["in"].contains("data");
}

/// The nodes that a task takes something of: "learn" of "learn.encoder".
std::vector<std::string> sources_of(const ordered_json& task) {
  std::vector<std::string> out;
  if (task.contains("made_by")) out.push_back(task["made_by"]);
  if (!task.contains("in")) return out;
  for (const auto& [port, sources] : task["in"].items())
    for (const std::string source : sources) out.push_back(source.substr(0, source.rfind('.')));
  return out;
}

/// The tasks that one row has of its own. Each comes after all that it takes something of.
class OwnTasks {
 public:
  void add(const ordered_json& task) {
    const std::string name = task.at("node");
    std::vector<std::string> after;
    const auto include = [&](const std::string& node) {
      if (std::find(after.begin(), after.end(), node) == after.end()) after.push_back(node);
    };
    for (const std::string& source : sources_of(task)) {
      const auto found = working_behind_.find(source);
      if (found == working_behind_.end()) continue;  // another row's, which is over by then
      for (const std::string& node : found->second) include(node);
    }
    if (works(task)) {
      nodes_.push_back({name, std::move(after)});
      working_behind_[name] = {name};
    } else {
      working_behind_[name] = std::move(after);
    }
  }
  std::vector<PlannedNode> take() && { return std::move(nodes_); }

 private:
  std::vector<PlannedNode> nodes_;
  std::map<std::string, std::vector<std::string>> working_behind_;  // by node: itself, or what a declared one is of
};

std::string heading_of(const ordered_json& row) {
  std::string settings;
  for (const auto& [axis, label] : row.at("settings").items())
    settings += (settings.empty() ? "" : ", ") + axis + " " + label.get<std::string>();
  return shoal::heading_of(settings, row.at("seed"));
}

}  // namespace

std::string heading_of(const std::string& settings, long seed) {
  return (settings.empty() ? "" : settings + "  ") + "seed " + std::to_string(seed);
}

std::vector<PlannedRow> read_plan(const std::filesystem::path& run_folder) try {
  std::ifstream in(run_folder / "plan.json");
  if (!in) return {};
  const auto plan = ordered_json::parse(in);
  std::vector<PlannedRow> out;
  for (const auto& row : plan.at("rows")) out.push_back({.heading = heading_of(row)});
  std::vector<OwnTasks> own(out.size());
  for (const auto& task : plan.at("tasks")) own.at(task.at("row")).add(task);
  for (std::size_t row = 0; row < out.size(); ++row) out[row].nodes = std::move(own[row]).take();
  return out;
} catch (const std::exception&) {
  return {};
}

}  // namespace shoal
