// parameters.h: the parameters of a run's rows, from plan.json in its folder.
#ifndef SHOAL_PLUGINS_REPORTERS_MLFLOW_PARAMETERS_H_
#define SHOAL_PLUGINS_REPORTERS_MLFLOW_PARAMETERS_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace [[gnu::visibility("hidden")]] mlflow {

/// plan.json of a run folder; null where there is none that can be read.
nlohmann::json read_plan(const std::filesystem::path& run_folder);

/// "kmeans.k" → "10", with "kmeans.use", defaults included, of that row of the plan, from 0. Empty where it has none.
std::map<std::string, std::string> parameters_of_row(const nlohmann::json& plan, std::int64_t row);

}  // namespace mlflow

#endif  // SHOAL_PLUGINS_REPORTERS_MLFLOW_PARAMETERS_H_
