// parameters.h: the parameters of a run's rows, from plan.json in its folder.
#ifndef SHOAL_PLUGINS_REPORTERS_MLFLOW_PARAMETERS_H_
#define SHOAL_PLUGINS_REPORTERS_MLFLOW_PARAMETERS_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace [[gnu::visibility("hidden")]] mlflow {

/// "kmeans.k" → "10", with "kmeans.use", defaults included, of that row, from 0. Empty without a plan that can be read.
std::map<std::string, std::string> parameters_of_row(const std::filesystem::path& run_folder, std::int64_t row);

}  // namespace mlflow

#endif  // SHOAL_PLUGINS_REPORTERS_MLFLOW_PARAMETERS_H_
