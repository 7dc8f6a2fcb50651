// Run folders made by hand, for tests of the page.
#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_TESTING_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_TESTING_H_

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace shoal::host::testing {

/// A folder like that of a run, gone at the end of the test.
class HandmadeRun {
 public:
  explicit HandmadeRun(const std::string& name)
      : folder_(std::filesystem::temp_directory_path() / ("shoal-page-test-" + std::to_string(getpid()) + "-" + name)) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "artifacts");
    results = {{"name", name},
               {"description", ""},
               {"started", "2026-11-27T12:00:00Z"},
               {"seconds", 3.0},
               {"axes", nlohmann::ordered_json::array()},
               {"report", {"probe.accuracy"}},
               {"better", {{"probe.accuracy", "higher"}}},
               {"rows", nlohmann::ordered_json::array()}};
    plan = {{"format", 2},
            {"axes", nlohmann::ordered_json::array()},
            {"tasks", nlohmann::ordered_json::array()},
            {"rows", nlohmann::ordered_json::array()}};
    environment = {
        {"command", {"shoal", "run", "my file.yaml"}},
        {"shoal", {{"version", "0.1.0"}, {"toolchain", "gcc"}, {"build", "Release"}}},
        {"libtorch", {{"version", "2.13"}}},
        {"machine", {{"system", "Linux"}, {"cpu", "a cpu"}, {"processors", 2}, {"memory_bytes", 8000000000}}},
        {"threads", 2},
        {"device", "cpu"},
        {"plugins", nlohmann::ordered_json::array()}};
  }
  ~HandmadeRun() { std::filesystem::remove_all(folder_); }
  HandmadeRun(const HandmadeRun&) = delete;
  HandmadeRun& operator=(const HandmadeRun&) = delete;

  /// A row of one node, `probe`, whose parameter k is `k`.
  void add_row(const nlohmann::ordered_json& settings, std::int64_t seed, double accuracy, int k = 10) {
    const std::size_t task = plan["tasks"].size();
    results["rows"].push_back(
        {{"settings", settings},
         {"seed", seed},
         {"status", "done"},
         {"metrics", {{"probe.accuracy", accuracy}, {"probe.within_cluster_variance", 100.0 / k}}},
         {"seconds", 1.0},
         {"peak_rss_bytes", 300000000},
         {"nodes",
          {{{"node", "probe"},
            {"component", "clusterer/kmeans"},
            {"status", "ran"},
            {"seconds", 1.5},
            {"peak_rss_bytes", 310000000}}}}});
    plan["tasks"].push_back({{"node", "probe"},
                             {"use", "clusterer/kmeans"},
                             {"key", "ab12"},
                             {"row", task},
                             {"library", "kmeans 0.1.0"},
                             {"seed", 7},
                             {"with", {{"k", k}, {"init", "random"}}},
                             {"in", {{"data", {"digits.dataset"}}}}});
    plan["rows"].push_back({{"settings", settings}, {"seed", seed}, {"tasks", {{task, task}}}});
  }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / file, std::ios::binary) << text;
  }

  void append(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / file, std::ios::binary | std::ios::app) << text;
  }

  /// The folder as a run at work leaves it: as it was planned, without results.json.
  const std::filesystem::path& folder_at_work() const {
    folder();
    std::filesystem::remove(folder_ / "results.json");
    return folder_;
  }

  /// The folder, with results.json, plan.json and environment.json as they are now.
  const std::filesystem::path& folder() const {
    write("results.json", results.dump());
    write("plan.json", plan.dump());
    write("environment.json", environment.dump());
    return folder_;
  }

  nlohmann::ordered_json results, plan, environment;

 private:
  std::filesystem::path folder_;
};

}  // namespace shoal::host::testing

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_PAGE_TESTING_H_
