#ifndef SHOAL_TESTS_RESULTS_H_
#define SHOAL_TESTS_RESULTS_H_

#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/program.h"

namespace shoal::tests {

inline nlohmann::json results_in(const std::filesystem::path& run) {
  return nlohmann::json::parse(read_file(run / "results.json"));
}

/// What a row of the results came to, without how long anything took.
inline nlohmann::json metrics_of(const nlohmann::json& row) {
  nlohmann::json out = row.at("metrics");
  for (auto metric = out.begin(); metric != out.end();)
    metric = metric.key().ends_with("seconds") ? out.erase(metric) : std::next(metric);
  return out;
}

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_RESULTS_H_
