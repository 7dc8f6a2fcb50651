#include "framework/report/run_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

ordered_json read_json(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("cannot read {}: {}", file.string(), std::strerror(errno)));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    return ordered_json::parse(text);  // from memory it takes half the time that it takes from a stream
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(fmt::format("{} is damaged: {}", file.string(), error.what()));
  }
}

double number(const ordered_json& value) {  // null is what was not finite
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

std::string join(const ordered_json& list) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : ", ") + item.get<std::string>();
  return out;
}

std::string describe_data(const ordered_json& data) {
  std::string shape;
  for (const auto& size : data.at("shape"))
    shape += (shape.empty() ? "" : ", ") + std::to_string(size.get<long long>());
  return fmt::format("{}… ({}) {}", data.at("sha256").get<std::string>().substr(0, 12), shape,
                     data.at("dtype").get<std::string>());
}

FileRow read_row(const ordered_json& json) {
  FileRow out;
  for (const auto& [axis, label] : json.at("settings").items()) out.settings.emplace_back(axis, label);
  out.seed = json.at("seed");
  out.status = json.at("status");
  out.error = json.value("error", "");
  for (const auto& [name, value] : json.at("metrics").items()) out.metrics[name] = number(value);
  out.seconds = number(json.at("seconds"));
  out.peak_rss_bytes = json.at("peak_rss_bytes");
  static const ordered_json kNone = ordered_json::array();
  for (const auto& node : json.contains("nodes") ? json["nodes"] : kNone) {
    FileNode read{.name = node.at("node"), .use = node.at("component"), .status = node.at("status")};
    if (node.contains("seconds")) read.seconds = number(node["seconds"]);
    read.peak_rss_bytes = node.value("peak_rss_bytes", std::int64_t{0});
    if (node.contains("fit_seconds"))
      for (const auto& seconds : node["fit_seconds"]) read.fit_seconds.push_back(number(seconds));
    if (node.contains("data")) read.data = describe_data(node["data"]);
    out.nodes.push_back(std::move(read));
  }
  return out;
}

constexpr int kPlanFormat = 2;

/// 1 where it does not say, which is also what is damaged.
int plan_format(const ordered_json& plan) {
  return plan.is_object() && plan.contains("format") && plan["format"].is_number_integer() ? plan["format"].get<int>()
                                                                                           : 1;
}

/// Adds what the plan knows of one of the row's nodes: parameters and edges.
void add_planned_node(const ordered_json& node, FileRow& row) {
  const std::string name = node.at("node");
  auto found = std::find_if(row.nodes.begin(), row.nodes.end(), [&](const FileNode& n) { return n.name == name; });
  if (found == row.nodes.end())
    found = row.nodes.insert(row.nodes.end(), FileNode{.name = name, .use = node.at("use")});
  found->key = node.value("key", "");
  found->isolated = node.value("isolated", false);
  found->only_declares = node.value("declares", false);
  found->of_row = node.value("row", std::size_t{0});
  found->library = node.value("library", "");
  if (node.contains("with") && node["with"].is_object())
    for (const auto& [key, value] : node["with"].items())
      found->parameters[key] = value.is_string() ? value.get<std::string>() : value.dump();
  if (node.contains("in"))
    for (const auto& [port, from] : node["in"].items()) found->inputs[port] = join(from);
}

/// plan.json: of format 2 rows name stretches of its `tasks`; before, each had its `nodes`.
void add_plan(const ordered_json& plan, std::vector<FileRow>& rows) {
  const int format = plan_format(plan);
  const ordered_json& planned = plan.at("rows");
  for (std::size_t i = 0; i < rows.size() && i < planned.size(); ++i) {
    if (format == 1) {
      for (const auto& node : planned[i].at("nodes")) add_planned_node(node, rows[i]);
      continue;
    }
    const ordered_json& tasks = plan.at("tasks");
    for (const auto& stretch : planned[i].at("tasks")) {
      const std::size_t last = stretch.at(1).get<std::size_t>();
      if (last >= tasks.size())
        throw std::runtime_error(fmt::format("row {} names task {} of {}", i, last, tasks.size()));
      for (std::size_t task = stretch.at(0).get<std::size_t>(); task <= last; ++task)
        add_planned_node(tasks[task], rows[i]);
    }
  }
}

Circumstances read_circumstances(const ordered_json& json) {
  const auto& machine = json.at("machine");
  const auto& program = json.at("shoal");
  return {.machine = fmt::format("{}, {} processors, {}", machine.at("cpu").get<std::string>(),
                                 machine.at("processors").get<int>(), machine.at("system").get<std::string>()),
          .program = fmt::format("{}, {}", program.at("version").get<std::string>(),
                                 program.at("toolchain").get<std::string>()),
          .build = program.value("build", ""),
          .threads = json.at("threads"),
          .device = json.at("device")};
}

FileCompare read_compare(const ordered_json& json) {
  FileCompare out;
  if (json.contains("metrics")) out.metrics = json["metrics"].get<std::vector<std::string>>();
  if (!json.contains("baseline")) return out;
  if (json["baseline"].is_string()) out.baseline = {"none"};
  else
    for (const auto& [axis, label] : json["baseline"].items())
      out.baseline.push_back(axis + "=" + label.get<std::string>());
  return out;
}

std::map<std::string, int> read_directions(const ordered_json& json) {
  std::map<std::string, int> out;
  for (const auto& [name, better] : json.items()) out[name] = better == "higher" ? 1 : -1;
  return out;
}

RunFile read_results(const fs::path& folder) {
  const ordered_json json = read_json(folder / "results.json");
  RunFile out{.folder = folder};
  try {
    out.name = json.at("name");
    out.started = json.value("started", "");
    out.description = json.value("description", "");
    out.axes = json.at("axes").get<std::vector<std::string>>();
    out.report = json.at("report").get<std::vector<std::string>>();
    if (json.contains("better")) out.better = read_directions(json["better"]);
    out.circumstances.bench = json.value("bench", 0);
    if (json.contains("compare")) out.compare = read_compare(json["compare"]);
    for (const auto& row : json.at("rows")) out.rows.push_back(read_row(row));
    for (const auto& row : json.at("rows"))
      for (const auto& [name, value] : row.at("metrics").items())
        if (std::find(out.metrics.begin(), out.metrics.end(), name) == out.metrics.end()) out.metrics.push_back(name);
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(
        fmt::format("{} is no results.json of Shoal: {}", (folder / "results.json").string(), error.what()));
  }
  return out;
}

/// Throws std::runtime_error where it is none.
fs::path folder_of(const fs::path& path) {
  std::error_code error;
  fs::path folder = path;
  if (const fs::path real = fs::canonical(folder, error); !error) folder = real;
  if (!fs::is_directory(folder, error))
    throw std::runtime_error(fmt::format("there is no run folder {}", path.string()));
  return folder;
}

/// Machine, program and command, where environment.json is there.
void add_environment(RunFile& run) {
  std::error_code error;
  const fs::path file = run.folder / "environment.json";
  if (!fs::exists(file, error)) return;
  const std::int64_t bench = run.circumstances.bench;
  try {
    const ordered_json environment = read_json(file);
    run.circumstances = read_circumstances(environment);
    run.command = environment.value("command", std::vector<std::string>());
  } catch (const nlohmann::json::exception& wrong) {
    throw std::runtime_error(fmt::format("{} is damaged: {}", file.string(), wrong.what()));
  }
  run.circumstances.bench = bench;
}

/// plan.json, of a format that this program knows.
ordered_json read_plan(const fs::path& folder) {
  ordered_json plan = read_json(folder / "plan.json");
  if (const int format = plan_format(plan); format > kPlanFormat)
    throw std::runtime_error(fmt::format("{}: it is of format {}, this program knows up to {}",
                                         (folder / "plan.json").string(), format, kPlanFormat));
  return plan;
}

void add_plan_file(const ordered_json& plan, RunFile& run) {
  try {
    add_plan(plan, run.rows);
  } catch (const std::exception& wrong) {
    throw std::runtime_error(fmt::format("{} is damaged: {}", (run.folder / "plan.json").string(), wrong.what()));
  }
}

}  // namespace

const FileNode* FileRow::find(const std::string& node) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const FileNode& n) { return n.name == node; });
  return found == nodes.end() ? nullptr : &*found;
}

RunFile read_run(const fs::path& path) {
  std::error_code error;
  const fs::path folder = folder_of(path.filename() == "results.json" ? path.parent_path() : path);
  if (!fs::exists(folder / "results.json", error))
    throw std::runtime_error(fmt::format(
        "{} holds no results.json: it is no run folder, or the run was stopped before its end", path.string()));
  RunFile out = read_results(folder);
  add_environment(out);
  if (fs::exists(folder / "plan.json", error)) add_plan_file(read_plan(folder), out);
  return out;
}

RunFile read_planned_run(const fs::path& path) {
  RunFile out{.folder = folder_of(path), .ended = false};
  const ordered_json plan = read_plan(out.folder);
  try {
    out.name = plan.value("name", out.folder.parent_path().filename().string());
    out.description = plan.value("description", "");
    out.axes = plan.at("axes").get<std::vector<std::string>>();
    if (plan.contains("report")) out.report = plan["report"].get<std::vector<std::string>>();
    if (plan.contains("better")) out.better = read_directions(plan["better"]);
    for (const auto& planned : plan.at("rows")) {
      FileRow& row = out.rows.emplace_back();
      for (const auto& [axis, label] : planned.at("settings").items()) row.settings.emplace_back(axis, label);
      row.seed = planned.at("seed");
      row.status = "waiting";
    }
  } catch (const nlohmann::json::exception& wrong) {
    throw std::runtime_error(fmt::format("{} is damaged: {}", (out.folder / "plan.json").string(), wrong.what()));
  }
  add_plan_file(plan, out);
  add_environment(out);
  return out;
}

}  // namespace shoal::host
