#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "framework/report/numbers.h"
#include "framework/report/page/elbow.h"
#include "framework/report/page/sections.h"
#include "framework/report/quantity.h"
#include "framework/report/run_show.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostCharts = 12;

/// A clusterer whose k the rows vary.
struct Sweep {
  std::string metric = {};
  std::map<std::string, std::map<double, std::vector<double>>> values =
      {};  ///< by the other settings and k, over seeds
};

std::optional<double> k_of(const FileRow& row, const std::string& name) {
  const FileNode* node = row.find(name);
  if (node == nullptr || !node->parameters.contains("k")) return std::nullopt;
  return find_number(node->parameters.at("k"));
}

/// Axes each of whose labels stands for one k, and all of them for several.
std::set<std::string> axes_of_k(const RunFile& run, const std::string& node) {
  std::set<std::string> out;
  for (const std::string& axis : run.axes) {
    std::map<std::string, std::set<double>> by_label;
    std::set<double> all;
    for (const FileRow& row : run.rows)
      if (const auto k = k_of(row, node)) by_label[label_of(row.settings, axis)].insert(*k), all.insert(*k);
    const bool decides =
        std::all_of(by_label.begin(), by_label.end(), [](const auto& entry) { return entry.second.size() == 1; });
    if (decides && all.size() > 1) out.insert(axis);
  }
  return out;
}

Sweep sweep_of(const RunFile& run, const std::string& node, const std::string& metric) {
  Sweep out{.metric = metric};
  const std::set<std::string> k_axes = axes_of_k(run, node);
  for (const FileRow& row : run.rows) {
    const auto k = k_of(row, node);
    const auto value = row.metrics.find(metric);
    if (!row.done() || !k || value == row.metrics.end() || !std::isfinite(value->second)) continue;
    std::vector<std::pair<std::string, std::string>> others;
    for (const auto& setting : row.settings)
      if (!k_axes.contains(setting.first)) others.push_back(setting);
    out.values[others.empty() ? node : describe(others)][*k].push_back(value->second);
  }
  return out;
}

std::vector<Sweep> sweeps_of(const RunFile& run) {
  std::vector<Sweep> out;
  std::set<std::string> seen;
  for (const FileRow& row : run.rows)
    for (const FileNode& node : row.nodes) {
      if (!node.parameters.contains("k") || !seen.insert(node.name).second) continue;
      for (const char* name : {".within_cluster_variance", ".inertia"}) {
        Sweep sweep = sweep_of(run, node.name, node.name + name);
        const bool varies = std::any_of(sweep.values.begin(), sweep.values.end(),
                                        [](const auto& line) { return line.second.size() >= 3; });
        if (!varies) continue;
        out.push_back(std::move(sweep));
        break;
      }
    }
  return out;
}

/// What the chart of a sweep is made of.
struct Lines {
  std::string csv = "x,y,sd,s,elbow\n";
  std::vector<std::string> labels = {}, elbows = {};
  bool has_elbow = false;
  PlainTable numbers = {.head = {"setting", "k", "mean ± sd", "n"}};
};

Lines lines_of(const Sweep& sweep) {
  Lines out;
  for (const auto& [label, by_k] : sweep.values) {
    std::vector<double> ks, means, sds;
    for (const auto& [k, values] : by_k) {
      const MeanSd of = mean_sd(values);
      ks.push_back(k), means.push_back(of.mean), sds.push_back(of.sd);
      out.numbers.lines.push_back({label, short_number(k), describe(values), std::to_string(values.size())});
    }
    const auto elbow = find_elbow(ks, means);
    for (std::size_t i = 0; i < ks.size(); ++i)
      out.csv += fmt::format("{},{},{:.6g},{},{}\n", ks[i], means[i], sds[i], out.labels.size(), elbow == i ? 1 : 0);
    out.has_elbow = out.has_elbow || elbow;
    out.elbows.push_back(elbow ? fmt::format("k = {:g}", ks[*elbow]) : "none");
    out.labels.push_back(label);
  }
  return out;
}

/// The lines with their points, and rings with a note round the elbows: without one no such layer, whose axes would
/// have no ends.
ordered_json layers_of(const Sweep& sweep, const ordered_json& colour, bool has_elbow) {
  const ordered_json x = {
      {"field", "x"}, {"type", "quantitative"}, {"title", "k"}, {"axis", {{"tickMinStep", 1}, {"grid", false}}}};
  const ordered_json y = {
      {"field", "y"}, {"type", "quantitative"}, {"title", sweep.metric}, {"scale", {{"zero", false}}}};
  const ordered_json told = ordered_json::array({{{"field", "x"}, {"title", "k"}},
                                                 {{"field", "y"}, {"title", sweep.metric}, {"format", ".6~g"}},
                                                 {{"field", "sd"}, {"title", "± sd"}, {"format", ".3~g"}},
                                                 {{"field", "label"}, {"title", "setting"}}});
  ordered_json out = ordered_json::array(
      {{{"mark", {{"type", "line"}, {"strokeWidth", 1.6}}}, {"encoding", {{"x", x}, {"y", y}, {"color", colour}}}},
       {{"mark", {{"type", "point"}, {"filled", true}, {"size", 36}}},
        {"encoding", {{"x", x}, {"y", y}, {"color", colour}, {"tooltip", told}}}}});
  if (!has_elbow) return out;
  const ordered_json elbows = ordered_json::array({{{"filter", "datum.elbow == 1"}}});
  out.push_back({{"transform", elbows},
                 {"mark", {{"type", "point"}, {"filled", false}, {"size", 260}, {"strokeWidth", 2}}},
                 {"encoding", {{"x", x}, {"y", y}, {"color", colour}}}});
  out.push_back({{"transform", elbows},
                 {"mark", {{"type", "text"}, {"dx", 14}, {"dy", -14}, {"align", "left"}}},
                 {"encoding", {{"x", x}, {"y", y}, {"text", {{"field", "note"}}}}}});
  return out;
}

Chart chart_of(const Sweep& sweep) {
  const Lines lines = lines_of(sweep);
  Chart out{.title = sweep.metric + " over k"};
  out.specification = begin_specification(lines.csv, {"x", "y", "sd", "elbow"});
  out.specification["transform"] = ordered_json::array({{{"calculate", "'elbow: k = ' + datum.x"}, {"as", "note"}}});
  const ordered_json colour = colours_of(lines.labels, "", out.specification);
  out.specification["layer"] = layers_of(sweep, colour, lines.has_elbow);
  std::string elbows;
  for (std::size_t i = 0; i < lines.labels.size() && i < 10; ++i)
    elbows += fmt::format("{}{}{}", i == 0 ? "" : "; ", lines.labels.size() > 1 ? lines.labels[i] + ": " : "",
                          lines.elbows[i]);
  out.summary = fmt::format("{} over k, elbow {}", sweep.metric, elbows);
  out.caption = fmt::format("Elbow: {}.", elbows);
  out.numbers = lines.numbers;
  return out;
}

}  // namespace

void add_variance(PageWriter& page, const RunData& run) {
  const std::vector<Sweep> sweeps = sweeps_of(run.file);
  if (sweeps.empty())
    return page.leave_out("Within-cluster variance over k",
                          "no clusterer's k takes three values or more over the rows");
  page.begin_section("variance", "Within-cluster variance over k");
  page.html().element("p", {{"class", "note"}},
                      "Mean over the seeds. Elbow: both axes scaled to [0, 1], the point farthest from the chord "
                      "between first and last k "
                      "(Kneedle, Satopää et al. 2011, unsmoothed); none where all are within 0.1 of it.");
  page.html().open("div", {{"class", "charts"}});
  for (std::size_t i = 0; i < sweeps.size() && i < kMostCharts; ++i) page.add_chart(chart_of(sweeps[i]));
  page.html().close();
  if (sweeps.size() > kMostCharts)
    page.leave_out(fmt::format("Within-cluster variance of {} clusterers more", sweeps.size() - kMostCharts),
                   "the page shows 12");
  page.end_section();
}

}  // namespace shoal::host
