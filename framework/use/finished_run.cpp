#include "framework/use/finished_run.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "shoal/error.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

/// A row as plan.json has it.
struct WrittenRow {
  std::map<std::string, std::string> settings = {};
  std::int64_t seed = 0;
  std::map<std::string, std::size_t> row_of_node = {};
};

/// What a run's plan.json says.
struct WrittenPlan {
  ordered_json tasks = {};
  std::vector<WrittenRow> rows = {};
};

WrittenPlan read_plan(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  require(in.good(), "{} cannot be read", file.string());
  WrittenPlan out;
  try {
    auto json = ordered_json::parse(std::string{std::istreambuf_iterator<char>(in), {}});
    require(json.value("format", 1) == 2, "{} is of format {}, but shoal predict and export know 2", file.string(),
            json.value("format", 1));
    out.tasks = std::move(json.at("tasks"));
    for (const auto& row : json.at("rows")) {
      WrittenRow& read = out.rows.emplace_back();
      for (const auto& [axis, label] : row.at("settings").items()) read.settings[axis] = label;
      read.seed = row.at("seed");
      for (const auto& stretch : row.at("tasks"))
        for (std::size_t t = stretch.at(0); t <= stretch.at(1).get<std::size_t>(); ++t)
          read.row_of_node[out.tasks.at(t).at("node")] = out.tasks.at(t).at("row");
    }
  } catch (const nlohmann::json::exception& error) {
    throw InputError(text("{} is damaged: {}", file.string(), error.what()));
  }
  require(!out.rows.empty(), "{} has no rows", file.string());
  return out;
}

std::string describe(const std::vector<WrittenRow>& rows) {
  constexpr std::size_t kMost = 20;
  std::string out;
  for (std::size_t i = 0; i < std::min(rows.size(), kMost); ++i) {
    out += text("\n  --row {}", i + 1);
    for (const auto& [axis, label] : rows[i].settings) out += text("  {} {}", axis, label);
    out += text("  seed {}", rows[i].seed);
  }
  if (rows.size() > kMost) out += text("\n  … and {} more", rows.size() - kMost);
  return out;
}

/// From 0.
std::size_t choose(const std::vector<WrittenRow>& rows, const RowChoice& choice) {
  if (choice.row) require(*choice.row <= rows.size(), "--row {}, but the run has {} rows", *choice.row, rows.size());
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if ((!choice.row || *choice.row == i + 1) && (!choice.seed || *choice.seed == rows[i].seed)) found.push_back(i);
  require(!found.empty(), "the run has no such row; there are{}", describe(rows));
  require(found.size() == 1, "the run has several such rows; say which{}", describe(rows));
  return found[0];
}

/// Only the row with these settings and this seed.
std::vector<config::Row> only(const WrittenRow& wanted, std::vector<config::Row> rows) {
  if (rows.size() == 1) return rows;
  std::erase_if(rows, [&](const config::Row& row) {
    std::map<std::string, std::string> settings;
    for (const auto& [axis, label] : row.settings) settings[axis] = label;
    return row.seed != wanted.seed || settings != wanted.settings;
  });
  return rows;
}

bool is_path(const shoal_component& component, const std::string& name) {
  for (const shoal_param* const* param = component.params; param != nullptr && *param != nullptr; ++param)
    if (name == (*param)->name) return ((*param)->flags & SHOAL_PATH) != 0;
  return false;
}

/// "train.path=/": the data of a run are not needed to use it. Where nothing is wrong but that its files are gone, a
/// path that is always there stands in for each, and is not opened.
std::vector<std::string> stand_ins(const config::Diagnostics& diagnostics, const ordered_json& tasks,
                                   const Registry& registry) {
  for (const config::Diagnostic& diagnostic : diagnostics.sorted())
    if (diagnostic.severity == config::Severity::error && diagnostic.id != "P406") return {};
  std::vector<std::string> out;
  for (const auto& task : tasks) {
    const std::string use = task.at("use"), node = task.at("node");
    const std::vector<ComponentEntry> found = registry.find(use);
    if (!use.starts_with("dataset/") || found.empty() || !task.contains("with")) continue;
    for (const auto& [parameter, value] : task.at("with").items())
      if (!value.empty() && value != "" && is_path(*found[0].component, parameter))
        out.push_back(text(value.is_array() ? "{}.{}=[/]" : "{}.{}=/", node, parameter));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());  // a node is a task in each row that has another of it
  return out;
}

}  // namespace

FinishedRun::FinishedRun(Plan plan, fs::path folder, std::size_t row, std::size_t rows,
                         std::map<std::string, std::size_t> row_of_node)
    : plan_(std::move(plan)),
      folder_(std::move(folder)),
      row_(row),
      rows_(rows),
      row_of_node_(std::move(row_of_node)) {}

std::optional<FinishedRun> FinishedRun::open(const fs::path& folder, const RowChoice& choice, Registry& registry,
                                             config::Diagnostics& diagnostics) {
  std::error_code error;
  require(fs::is_directory(folder, error), "there is no run folder {}", folder.string());
  const fs::path real = fs::canonical(folder);  // not `latest`, which may point to another soon
  for (const char* file : {"plan.json", "resolved.yaml"})
    require(fs::exists(real / file, error), "{} is no run folder: it holds no {}", folder.string(), file);
  const WrittenPlan written = read_plan(real / "plan.json");
  const std::vector<WrittenRow>& rows = written.rows;
  const std::size_t chosen = choose(rows, choice);
  PlanOptions wanted{.file = real / "resolved.yaml"};
  wanted.choose_rows = [&](const config::Value&, std::vector<config::Row> all, config::Diagnostics&) {
    return only(rows[chosen], std::move(all));
  };
  config::Diagnostics found;
  auto plan = plan_experiment(wanted, registry, found);
  if (!plan) {
    wanted.overrides = stand_ins(found, written.tasks, registry);
    if (!wanted.overrides.empty()) {
      found = {};
      plan = plan_experiment(wanted, registry, found);
    }
  }
  if (!plan) {
    for (const config::Diagnostic& diagnostic : found.sorted()) diagnostics.add(diagnostic);
    require(diagnostics.has_errors(), "{} has no row with the settings of row {} in plan.json",
            (real / "resolved.yaml").string(), chosen + 1);
    return std::nullopt;
  }
  return FinishedRun(std::move(*plan), real, chosen + 1, rows.size(), rows[chosen].row_of_node);
}

std::size_t FinishedRun::number_of(const std::string& node) const {
  for (std::size_t i = 0; i < graph().nodes.size(); ++i)
    if (graph().nodes[i].name == node) return i;
  throw InputError(text("the run has no node '{}'", node));
}

fs::path FinishedRun::artifact(std::size_t node, const std::string& rest) const {
  const std::string& name = graph().nodes[node].name;
  const auto row = row_of_node_.find(name);
  const fs::path artifacts = folder_ / "artifacts";
  const std::string file = name + "." + rest;
  if (rows_ == 1 || row == row_of_node_.end()) return artifacts / file;
  return artifacts / ("row-" + std::to_string(row->second + 1)) / file;
}

}  // namespace shoal::host
