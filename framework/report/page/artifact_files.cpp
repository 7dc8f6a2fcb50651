#include "framework/report/page/artifact_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <tuple>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

void add_folder(const fs::path& folder, std::size_t row, const std::string& output, std::vector<ArtifactFile>& out) {
  const std::string ending = "." + output + ".npy";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending) && name.size() > ending.size())
      out.push_back({entry.path(), name.substr(0, name.size() - ending.size()), output, row});
  }
}

/// The first reported metric with a direction; "" where there is none.
std::string judged_metric(const RunFile& run) {
  for (const std::string& name : run.report)
    if (const auto better = run.better.find(name); better != run.better.end() && better->second != 0) return name;
  return "";
}

/// How good a row is by that metric: higher is better, whatever the metric says.
double merit(const RunFile& run, const FileRow& row, const std::string& metric) {
  const auto value = row.metrics.find(metric);
  if (value == row.metrics.end() || std::isnan(value->second)) return -std::numeric_limits<double>::infinity();
  return run.better.at(metric) * value->second;
}

}  // namespace

std::vector<ArtifactFile> find_artifacts(const fs::path& run_folder, const std::string& output) {
  constexpr std::string_view kRow = "row-";
  std::vector<ArtifactFile> out;
  add_folder(run_folder / "artifacts", 0, output, out);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder / "artifacts", error)) {
    const std::string name = entry.path().filename().string();
    std::size_t number = 0;
    if (!name.starts_with(kRow)) continue;
    const auto [end, wrong] = std::from_chars(name.data() + kRow.size(), name.data() + name.size(), number);
    if (wrong == std::errc() && end == name.data() + name.size() && number > 0)
      add_folder(entry.path(), number - 1, output, out);
  }
  std::sort(out.begin(), out.end(), [](const ArtifactFile& a, const ArtifactFile& b) {
    return std::tie(a.row, a.node) < std::tie(b.row, b.node);
  });
  return out;
}

std::vector<ArtifactFile> one_of_each_node(const RunFile& run, const std::vector<ArtifactFile>& files) {
  const std::string metric = judged_metric(run);
  std::vector<ArtifactFile> out;
  for (const ArtifactFile& file : files) {
    if (file.row >= run.rows.size() || run.rows[file.row].find(file.node) == nullptr) continue;
    const auto found =
        std::find_if(out.begin(), out.end(), [&](const ArtifactFile& one) { return one.node == file.node; });
    if (found == out.end()) out.push_back(file);
    else if (!metric.empty() && merit(run, run.rows[file.row], metric) > merit(run, run.rows[found->row], metric))
      *found = file;
  }
  return out;
}

std::string how_chosen(const RunFile& run) {
  if (run.rows.size() < 2) return "";
  const std::string metric = judged_metric(run);
  return metric.empty() ? "Each of the first row that has it." : "Each of the row with the best " + metric + ".";
}

}  // namespace shoal::host
