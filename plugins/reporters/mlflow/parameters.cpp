#include "parameters.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace mlflow {

nlohmann::json read_plan(const std::filesystem::path& run_folder) {
  std::ifstream in(run_folder / "plan.json");
  nlohmann::json plan = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  return plan.is_discarded() ? nlohmann::json() : plan;
}

std::map<std::string, std::string> parameters_of_row(const nlohmann::json& plan, std::int64_t row) try {
  std::map<std::string, std::string> out;
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
