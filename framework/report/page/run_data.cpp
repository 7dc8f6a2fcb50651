#include "framework/report/page/run_data.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <set>

#include "framework/files/read_or_empty.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

/// Null where there is no such file; where it is no JSON too, and then that is said.
ordered_json read_json(const fs::path& file, RunData& out) {
  std::error_code error;
  if (!fs::exists(file, error)) return nullptr;
  try {
    return ordered_json::parse(read_or_empty(file));
  } catch (const nlohmann::json::exception& wrong) {
    out.damaged.push_back(fmt::format("{} is damaged: {}", file.filename().string(), wrong.what()));
    return nullptr;
  }
}

void read_origins(const fs::path& folder, RunData& out) {
  try {
    for (const ordered_json all = read_json(folder / "origins.json", out); const auto& one : all)
      out.origins.push_back({one.at("path"), one.at("value"), one.at("from")});
  } catch (const nlohmann::json::exception& wrong) {
    out.damaged.push_back(fmt::format("origins.json is damaged: {}", wrong.what()));
  }
}

void read_figures(const fs::path& folder, RunData& out) {
  constexpr std::string_view kEnding = ".vl.json";
  std::error_code error;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().filename().string().ends_with(kEnding)) files.insert(entry.path());
  for (const fs::path& file : files) {
    FigureFile figure{.name = file.filename().string()};
    figure.name.resize(figure.name.size() - kEnding.size());
    figure.specification = read_json(file, out);
    figure.svg = read_or_empty(folder / (figure.name + ".svg"));
    if (figure.specification.is_object()) out.figures.push_back(std::move(figure));
  }
}

/// What is said of the whole run, before its first row.
void read_circumstances(RunData& out) {
  const fs::path& at = out.file.folder;
  out.environment = read_json(at / "environment.json", out);
  out.resolved = read_or_empty(at / "resolved.yaml");
  read_origins(at, out);
}

}  // namespace

RunData read_run_data(const fs::path& folder) {
  RunData out{.file = read_run(folder)};
  out.series = read_scalar_file(out.file.folder / "metrics.jsonl", out.file.rows.size(), out.damaged);
  read_circumstances(out);
  read_figures(out.file.folder / "figures", out);
  return out;
}

RunData read_planned_run_data(const fs::path& folder) {
  RunData out{.file = read_planned_run(folder)};
  read_circumstances(out);
  return out;
}

}  // namespace shoal::host
