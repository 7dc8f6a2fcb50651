#include "framework/run/run_folder.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <random>
#include <system_error>
#include <utility>

#include "framework/config/emit.h"
#include "framework/config/scalars.h"
#include "framework/graph/full_name.h"
#include "framework/graph/origins.h"
#include "framework/graph/resolved.h"
#include "framework/run/component_artifacts.h"
#include "shoal/abi.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::array kWords = {"amber", "brook",  "cedar",  "cliff", "cloud", "coral", "delta", "dune",  "ember",
                               "fern",  "fjord",  "flint",  "glade", "grove", "heath", "inlet", "islet", "larch",
                               "maple", "marsh",  "mesa",   "moor",  "oasis", "ocean", "olive", "pearl", "pine",
                               "plain", "poppy",  "quartz", "reef",  "ridge", "river", "sage",  "shell", "shore",
                               "slate", "spring", "stone",  "tide",  "tulip", "vale",  "wave",  "willow"};

std::string new_name() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char stamp[32];
  std::strftime(stamp, sizeof(stamp), "%Y-%m-%d-%H%M%S", &local);
  std::random_device chance;  // names a folder, nothing else
  return std::string(stamp) + "-" + kWords[chance() % kWords.size()];
}

/// mkdir that fails when the folder is there: two runs never share one.
fs::path make_new_folder(const fs::path& parent) {
  make_folders(parent);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const fs::path path = parent / new_name();
    std::error_code error;
    if (fs::create_directory(path, error)) return path;
    if (error) throw std::system_error(error, "cannot create " + path.string());
  }
  throw std::runtime_error("cannot find a new name for a run in " + parent.string());
}

/// Before the run's own folder is made.
void require_link_or_nothing(const fs::path& latest) {
  std::error_code error;
  const fs::file_status found = fs::symlink_status(latest, error);
  if (!fs::exists(found) || fs::is_symlink(found)) return;
  throw RunFolderError(
      text("{} is a {}, where the link to the newest run has its place; move it away, or name another "
           "folder by --out",
           latest.string(), fs::is_directory(found) ? "folder" : "file"));
}

void point_latest_to(const fs::path& run) {
  const fs::path link = run.parent_path() / "latest";
  const fs::path fresh = run.parent_path() / (".latest-" + std::to_string(getpid()));
  std::error_code ignored;
  fs::remove(fresh, ignored);
  fs::create_symlink(run.filename(), fresh);
  fs::rename(fresh, link);
}

/// A value of ours, whose plain scalars are bools, numbers or null; a number keeps its digits.
ordered_json to_json(const config::Value& value) {
  if (value.is_list()) {
    ordered_json out = ordered_json::array();
    for (const config::Value& item : value.items) out.push_back(to_json(item));
    return out;
  }
  if (value.is_map()) {
    ordered_json out = ordered_json::object();
    for (const config::Entry& entry : value.entries) out[entry.key] = to_json(entry.value);
    return out;
  }
  if (value.is_null()) return nullptr;
  if (value.quoted) return value.text;
  switch (config::plain_type(value.text)) {
    case config::PlainType::null: return nullptr;
    case config::PlainType::boolean: return value.text == "true";
    case config::PlainType::integer:
    case config::PlainType::real: {  // .inf has no JSON number and stays text
      ordered_json number = ordered_json::parse(value.text, nullptr, false);
      return number.is_discarded() ? ordered_json(value.text) : number;
    }
    default: return value.text;
  }
}

constexpr int kPlanFormat = 2;  // 1 had every row's nodes in full, and no number of its format

/// A node's work as plan.json tells of it, once for all rows that have it; `row` is the first of them.
ordered_json describe_task(const Plan& plan, const Task& task) {
  const Graph& graph = plan.rows[task.row].graph;
  const GraphNode& node = plan.node_of(task);
  ordered_json out = {{"node", node.name}, {"use", node.component.id()}, {"key", task.key}, {"row", task.row}};
  if (node.made_by) out["made_by"] = graph.nodes[node.made_by->node].name;
  out["library"] = node.component.library->descriptor.name + " " + node.component.library->descriptor.version;
  out["seed"] = task.seed;
  if (node.isolated) out["isolated"] = true;
  if (!node.at_work) out["declares"] = true;
  if (node.parameters) out["with"] = to_json(node.parameters->to_yaml());
  for (std::size_t port = 0; port < node.ports.size(); ++port)
    for (const Source& source : node.wired[port]) {
      const GraphNode& from = graph.nodes[source.node];
      out["in"][node.ports[port].name].push_back(from.name + "." + from.outputs[source.output].name);
    }
  return out;
}

/// The tasks of a row in the order of its nodes, as stretches [first, last]: rows share most, so that there are few.
ordered_json stretches_of(const PlannedRow& row) {
  ordered_json out = ordered_json::array();
  std::size_t last = 0;
  for (const std::size_t i : row.graph.order) {
    const std::size_t task = row.tasks[i];
    if (!out.empty() && task == last + 1) out.back()[1] = task;
    else out.push_back({task, task});
    last = task;
  }
  return out;
}

ordered_json describe_row(const PlannedRow& row) {
  ordered_json out = {{"settings", ordered_json::object()}};
  for (const auto& [axis, label] : row.row.settings) out["settings"][axis] = label;
  out["seed"] = row.row.seed;
  out["device"] = row.graph.experiment.device;
  out["threads"] = row.graph.experiment.threads;
  out["tasks"] = stretches_of(row);
  return out;
}

/// Where the first row's values come from, one a line.
std::string describe_origins(const Plan& plan) {
  std::string out = "[";
  const char* before = "\n";
  for (const Origin& origin : origins_of(plan, 0))
    out += std::exchange(before, ",\n") +
           ordered_json{{"path", origin.path}, {"value", origin.value}, {"from", origin.from}}.dump(
               -1, ' ', false, ordered_json::error_handler_t::replace);
  return out + "]\n";
}

/// What is known of the results before there are any: whose they are, what is reported, which numbers are better.
ordered_json describe_results_to_come(const Plan& plan) {
  const Experiment& experiment = plan.rows[0].graph.experiment;
  ordered_json out = {{"name", experiment.name}};
  if (!experiment.description.empty()) out["description"] = experiment.description;
  out["report"] = ordered_json::array();
  for (const OutputName& name : experiment.report) out["report"].push_back(full_name(plan.rows[0].graph, name));
  out["better"] = ordered_json::object();
  for (const Task& task : plan.tasks) {
    const GraphNode& node = plan.node_of(task);
    for (const OutputPort& port : node.outputs)
      if (port.better != 0)
        out["better"][node.name + "." + port.name] = port.better == SHOAL_HIGHER ? "higher" : "lower";
  }
  return out;
}

/// One task and one row a line.
std::string describe_plan(const Plan& plan) {
  const std::string results =
      describe_results_to_come(plan).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  std::string out = text("{}\"format\": {}, {},\n\"axes\": {},\n\"tasks\": [", "{", kPlanFormat,
                         results.substr(1, results.size() - 2), ordered_json(plan.axes).dump());
  const char* before = "\n";
  for (const Task& task : plan.tasks) out += std::exchange(before, ",\n") + describe_task(plan, task).dump();
  out += "],\n\"rows\": [";
  before = "\n";
  for (const PlannedRow& row : plan.rows) out += std::exchange(before, ",\n") + describe_row(row).dump();
  return out + "]}\n";
}

/// The node that declares what `made` started from; its parameters are carried along.
std::string declarer_of(const Made& made, const Graph& graph) {
  for (const GraphNode& node : graph.nodes)
    if (!node.at_work && node.parameters == made.parameters) return node.name;
  return "";
}

}  // namespace

RunFolder::RunFolder(const fs::path& base, const std::string& experiment, bool exact) {
  if (exact) {
    std::error_code error;
    if (fs::exists(base, error) && !fs::is_empty(base, error))
      throw RunFolderError(text("{} holds something already; name a new folder", base.string()));
    make_folders(base);
    path_ = base;
  } else {
    require_link_or_nothing(base / experiment / "latest");
    path_ = make_new_folder(base / experiment);
    point_latest_to(path_);
  }
  fs::create_directory(path_ / "artifacts");
  fs::create_directory(path_ / "figures");
  flush_folder(path_.has_parent_path() ? path_.parent_path() : ".");
  metrics_.emplace(path_ / "metrics.jsonl");
  log_ = std::make_shared<spdlog::logger>(
      "run", std::make_shared<spdlog::sinks::basic_file_sink_mt>((path_ / "log.txt").string()));
  log_->set_error_handler([this](const std::string& error) { log_error_ = error; });  // by default it prints
  log_->set_pattern("%Y-%m-%d %H:%M:%S.%e  %v");
}

RunFolder::~RunFolder() = default;

void RunFolder::write_plan(const Plan& plan, const std::string& environment_json) {
  write_atomically(path_ / "resolved.yaml", config::emit_yaml(resolved(plan)));
  write_atomically(path_ / "origins.json", describe_origins(plan));
  write_atomically(path_ / "environment.json", environment_json + "\n");
  write_atomically(path_ / "plan.json", describe_plan(plan));  // last: whoever follows the run finds all of it
  flush_folder(path_);
}

/// Features can be large and are quickly made again; labels, centroids, tables, what was trained or fitted, and what
/// datasets look like are kept.
bool RunFolder::wants(const GraphNode& node, const OutputPort& port) const {
  return node.at_work && (port.type != "features" || port.name == "centroids");
}

void RunFolder::task_done(const Plan& plan, const Task& task, const std::vector<RunValue>& values) {
  const GraphNode& node = plan.node_of(task);
  const fs::path folder =
      plan.rows.size() == 1 ? path_ / "artifacts" : path_ / "artifacts" / ("row-" + std::to_string(task.row + 1));
  bool wrote = false;
  const auto file = [&](const std::string& name) {
    if (!std::exchange(wrote, true)) make_folders(folder);
    return folder / (node.name + "." + name);
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = node.outputs[i].name;
    if (const auto* array = std::get_if<Array>(&values[i]); array != nullptr && wants(node, node.outputs[i]))
      write_npy(file(name + ".npy"), *array);
    const auto* made = std::get_if<std::shared_ptr<const Made>>(&values[i]);
    if (made == nullptr || *made == nullptr) continue;
    if (node.kind() == "dataset") keep_looks(*(*made)->shared, file("looks.json"));
    else if (node.at_work) keep_component(plan.rows[task.row].graph, **made, file(name + ".safetensors"));
  }
  if (wrote) flush_folder(folder);
  metrics_->sync();
}

/// Whoever needs the examples says what is wrong with them, not this look at a few.
void RunFolder::keep_looks(Live& dataset, const fs::path& file) {
  try {
    write_looks(file, look_at(dataset));
  } catch (const Error& error) {
    log_line(text("{} is not written, so shoal predict and export cannot use what learns from it: {}",
                  file.filename().string(), error.what()));
  }
}

/// What it learnt. That it cannot be saved costs its use on other data, not the run.
void RunFolder::keep_component(const Graph& graph, const Made& made, const fs::path& file) {
  if (made.trained) return write_trained(file, made, declarer_of(made, graph));
  if (made.shared == nullptr) return;
  std::string why = "it has no trait `state`, or more of it than is copied here";
  try {
    if (write_fitted(file, *made.shared)) return;
  } catch (const Error& error) {
    why = error.what();
  }
  log_line(text("{} is not written, so shoal predict and export cannot use it: {}", file.filename().string(), why));
}

void RunFolder::scalar(const ScalarPoint& point) {
  ordered_json line = {{"row", point.row}, {"node", point.node}, {"name", point.name}, {"step", point.step}};
  if (std::isfinite(point.value)) line["value"] = point.value;
  else line["value"] = nullptr;  // JSON has no NaN
  metrics_->write_line(line.dump());
  const auto now = std::chrono::steady_clock::now();
  if (now - flushed_ < std::chrono::seconds(1)) return;
  flushed_ = now;
  try {
    metrics_->flush();  // for whoever reads along
  } catch (const std::system_error&) {
    // It is kept, and thrown by the sync of task_done: a component that reports a number is not to blame.
  }
}

void RunFolder::log_line(const std::string& line) { log_->info("{}", line); }

void RunFolder::finish() {
  log_->flush();
  if (!log_error_.empty()) throw std::runtime_error(log_error_);
  metrics_->sync();
}

}  // namespace shoal::host
