#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_RUN_DATA_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_RUN_DATA_H_

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/report/page/scalar_file.h"
#include "framework/report/run_file.h"

namespace shoal::host {

/// A value of the first row with where it comes from, of origins.json.
struct SaidOrigin {
  std::string path = {}, value = {}, from = {};
};

/// A file of figures/, as it is.
struct FigureFile {
  std::string name = {};
  nlohmann::ordered_json specification = {};  ///< Vega-Lite
  std::string svg = {};                       ///< beside it; "": there is none
};

/// All that the page says of a run and its folder holds.
struct RunData {
  RunFile file = {};
  std::vector<ScalarSeries> series = {};         ///< of metrics.jsonl, in the order in which they began
  nlohmann::ordered_json environment = nullptr;  ///< environment.json; null: there is none
  std::string resolved = {};                     ///< resolved.yaml; "": there is none
  std::vector<SaidOrigin> origins = {};          ///< empty for runs of a Shoal that did not record them
  std::vector<FigureFile> figures = {};          ///< by their names
  std::vector<std::string> damaged = {};         ///< what could not be read and why, a sentence each
};

/// Reads a run folder. What is missing is empty; what is damaged is said in `damaged`, but for what read_run needs.
/// Throws what read_run throws.
RunData read_run_data(const std::filesystem::path& folder);

/// The same of a run that has not ended, as it was planned: without its series, and with rows that wait. RunFollower
/// (run_follower.h) says how far it is. Throws what read_planned_run throws.
RunData read_planned_run_data(const std::filesystem::path& folder);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_RUN_DATA_H_
