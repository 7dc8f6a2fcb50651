#include "parameters.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace mlflow {

std::map<std::string, std::string> parameters_of_row(const std::filesystem::path& run_folder, std::int64_t row) try {
  std::map<std::string, std::string> out;
  std::ifstream in(run_folder / "plan.json");
  if (!in) return out;
  const auto plan = nlohmann::json::parse(in);
  const auto& tasks = plan.at("tasks");
  for (const auto& stretch : plan.at("rows").at(static_cast<std::size_t>(row)).at("tasks"))
    for (std::size_t t = stretch.at(0); t <= stretch.at(1).get<std::size_t>(); ++t) {
      const auto& task = tasks.at(t);
      const std::string node = task.at("node");
      out[node + ".use"] = task.at("use");
      if (!task.contains("with")) continue;
      for (const auto& [name, value] : task.at("with").items())
        out[node + "." + name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  return out;
} catch (const nlohmann::json::exception&) {
  return {};
}

}  // namespace mlflow
