#include "framework/report/run_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "framework/config/emit.h"
#include "framework/config/path.h"
#include "framework/config/yaml.h"
#include "framework/report/json_number.h"
#include "framework/report/numbers.h"
#include "framework/report/parameter_diff.h"
#include "framework/report/run_show.h"
#include "framework/report/text_table.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using config::Path;
using config::Value;
using nlohmann::ordered_json;

Value read_resolved(const RunFile& run) {
  config::Diagnostics diagnostics;
  auto document = config::load_file((run.folder / "resolved.yaml").string(), diagnostics);
  if (!document) throw std::runtime_error(config::render(diagnostics));
  return *std::move(document);
}

/// Every place where the two differ. Lists are values, as in an override; a node that one has not is one difference.
void compare_values(const Value* first, const Value* second, const Path& path, std::vector<Difference>& out) {
  if (first != nullptr && second != nullptr && *first == *second) return;
  const bool maps = first != nullptr && second != nullptr && first->is_map() && second->is_map();
  if (!maps) {
    const auto said = [](const Value* value) {
      return value == nullptr ? std::nullopt : std::optional(config::emit_flow(*value));
    };
    out.push_back({config::to_string(config::shorten(path)), said(first), said(second)});
    return;
  }
  std::vector<std::string> keys = first->keys();
  for (const std::string& key : second->keys())
    if (first->find(key) == nullptr) keys.push_back(key);
  for (const std::string& key : keys) {
    Path below = path;
    below.segments.push_back({key, std::nullopt});
    compare_values(first->find(key), second->find(key), below, out);
  }
}

/// Takes from both documents the parameters of nodes whose plans tell them, defaults included: a run of several rows
/// keeps its file as it was written, and one of a single row its defaults, too. Returns the names of these nodes.
std::set<std::string> take_planned_parameters(Value& a, Value& b, const RunFile& first, const RunFile& second) {
  std::set<std::string> out;
  Value* const in_a = a.find("nodes");
  Value* const in_b = b.find("nodes");
  if (in_a == nullptr || in_b == nullptr) return out;
  const std::set<std::string> planned = planned_nodes(first), also_planned = planned_nodes(second);
  for (const std::string& name : in_a->keys()) {
    if (in_b->find(name) == nullptr || !planned.contains(name) || !also_planned.contains(name)) continue;
    for (Value* const node : {in_a->find(name), in_b->find(name)}) node->erase("with");
    out.insert(name);
  }
  return out;
}

using Facts = std::map<std::string, std::string>;

/// What each plugin that the run used is, by the bytes of its file.
void add_plugins(const RunFile& run, Facts& facts) {
  const fs::path file = run.folder / "environment.json";
  std::error_code error;
  if (!fs::exists(file, error)) return;
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    for (const auto& plugin : ordered_json::parse(text).value("plugins", ordered_json::array()))
      facts["plugin " + plugin.at("name").get<std::string>()] =
          fmt::format("{} (sha256 {}…)", plugin.at("version").get<std::string>(),
                      plugin.at("sha256").get<std::string>().substr(0, 12));
  } catch (const nlohmann::json::exception& wrong) {
    throw std::runtime_error(fmt::format("{} is damaged: {}", file.string(), wrong.what()));
  }
}

Facts facts_of(const RunFile& run) {
  const Circumstances& where = run.circumstances;
  Facts facts = {{"machine", where.machine},
                 {"program", where.program},
                 {"build", where.build},
                 {"threads", std::to_string(where.threads)},
                 {"device", where.device}};
  for (const FileRow& row : run.rows)
    for (const FileNode& node : row.nodes)
      if (!node.data.empty()) {
        std::string& data = facts["data of " + node.name];
        if (data.find(node.data) == std::string::npos) data += (data.empty() ? "" : " | ") + node.data;
      }
  add_plugins(run, facts);
  return facts;
}

/// A plugin that only one program found and nobody used is no difference of the runs.
bool matters(const std::string& what, const Facts& first, const Facts& second) {
  return !what.starts_with("plugin ") || (first.contains(what) && second.contains(what));
}

std::vector<Difference> compare_facts(const Facts& first, const Facts& second) {
  Facts all = first;
  all.insert(second.begin(), second.end());
  std::vector<Difference> out;
  for (const auto& [what, ignored] : all) {
    const auto said = [&](const Facts& facts) {
      const auto found = facts.find(what);
      return found == facts.end() ? std::nullopt : std::optional(found->second);
    };
    if (said(first) != said(second) && matters(what, first, second)) out.push_back({what, said(first), said(second)});
  }
  return out;
}

std::vector<MetricDifference> compare_metrics(const RunFile& first, const RunFile& second) {
  std::vector<std::string> names = first.report;
  for (const auto* list : {&second.report, &first.metrics})
    for (const std::string& name : *list)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  const auto others = settings_of(second);
  std::vector<MetricDifference> out;
  for (const ShownSetting& setting : settings_of(first)) {
    const auto other = std::find_if(others.begin(), others.end(),
                                    [&](const ShownSetting& one) { return one.settings == setting.settings; });
    if (other == others.end()) continue;
    for (const std::string& name : names) {
      MetricDifference one{describe(setting.settings), name, setting.values(name), other->values(name)};
      if (!one.first.empty() || !one.second.empty()) out.push_back(std::move(one));
    }
  }
  return out;
}

std::string or_nothing(const std::optional<std::string>& value) { return value.value_or("–"); }

std::string table_of(const std::vector<Difference>& differences) {
  std::vector<std::vector<std::string>> lines;
  for (const Difference& one : differences)
    lines.push_back({"  " + one.what, or_nothing(one.first), "→", or_nothing(one.second)});
  return align_columns(lines, {false, false, false, false}, 2);
}

ordered_json to_json(const std::vector<Difference>& differences) {
  ordered_json out = ordered_json::array();
  const auto value = [](const std::optional<std::string>& one) { return one ? ordered_json(*one) : ordered_json(); };
  for (const Difference& one : differences)
    out.push_back({{"what", one.what}, {"first", value(one.first)}, {"second", value(one.second)}});
  return out;
}

}  // namespace

std::optional<double> MetricDifference::difference() const {
  if (first.empty() || second.empty()) return std::nullopt;
  return mean_sd(second).mean - mean_sd(first).mean;
}

RunDifference diff_runs(const RunFile& first, const RunFile& second) {
  RunDifference out;
  Value a = read_resolved(first), b = read_resolved(second);
  const std::set<std::string> planned = take_planned_parameters(a, b, first, second);
  compare_values(&a, &b, {}, out.values);
  const std::vector<Difference> parameters = diff_parameters(first, second, planned);
  out.values.insert(out.values.end(), parameters.begin(), parameters.end());
  out.environment = compare_facts(facts_of(first), facts_of(second));
  out.metrics = compare_metrics(first, second);
  return out;
}

std::string diff_as_text(const RunDifference& difference) {
  std::string out = difference.values.empty() ? "same experiment\n" : "experiment\n" + table_of(difference.values);
  out += difference.environment.empty() ? "same machine, program, plugins and data\n"
                                        : "made by\n" + table_of(difference.environment);
  if (difference.metrics.empty()) return out + "no settings in common\n";
  std::string settings;
  std::vector<std::vector<std::string>> lines;
  const auto flush = [&] {
    if (!lines.empty()) out += settings + "\n" + align_columns(lines, {false, false, false, true}, 2);
    lines.clear();
  };
  for (const MetricDifference& one : difference.metrics) {
    if (one.settings != settings) flush();
    settings = one.settings;
    const auto by = one.difference();
    lines.push_back({"  " + one.metric, describe(one.first), describe(one.second),
                     !by        ? "–"
                     : *by == 0 ? "same"
                                : (*by > 0 ? "+" : "") + plain(*by)});
  }
  flush();
  return out;
}

ordered_json diff_as_json(const RunDifference& difference) {
  ordered_json metrics = ordered_json::array();
  for (const MetricDifference& one : difference.metrics) {
    const auto mean = [](const std::vector<double>& values) {
      return values.empty() ? ordered_json() : json_number(mean_sd(values).mean);
    };
    const auto by = one.difference();
    metrics.push_back({{"settings", one.settings},
                       {"metric", one.metric},
                       {"first", mean(one.first)},
                       {"second", mean(one.second)},
                       {"difference", by ? json_number(*by) : ordered_json()}});
  }
  return {{"experiment", to_json(difference.values)},
          {"made_by", to_json(difference.environment)},
          {"metrics", std::move(metrics)}};
}

}  // namespace shoal::host
