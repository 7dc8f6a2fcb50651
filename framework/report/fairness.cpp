#include "framework/report/fairness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "framework/report/numbers.h"

namespace shoal::host {
namespace {

/// Parameters by which a clusterer ends; what a component has not says nothing.
constexpr std::array kStoppingRules = {"max_iter", "tol", "stop", "max_time", "max_steps", "n_init", "patience"};

std::string shown(const ComparedSetting& setting) {
  std::string out;
  for (const std::string& label : setting.labels) out += (out.empty() ? "" : " ") + label;
  return out.empty() ? "the only setting" : out;
}

/// "a, b, c", or "a, b, c and 17 more".
std::string list(const std::vector<std::string>& items, std::size_t most = 6) {
  std::string out;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i) out += (i == 0 ? "" : ", ") + items[i];
  return items.size() > most ? out + fmt::format(" and {} more", items.size() - most) : out;
}

std::string and_more(const std::vector<std::string>& said) {
  return said.size() > 1 ? fmt::format("; {} more groups of rows differ too", said.size() - 1) : "";
}

/// What the settings have in `fact`, each value with the settings that have it; nothing where all have the same.
class Facts {
 public:
  void add(const std::string& value, const ComparedSetting& setting) {
    auto found = std::find_if(owners_.begin(), owners_.end(), [&](const auto& entry) { return entry.first == value; });
    if (found == owners_.end()) found = owners_.insert(owners_.end(), {value, {}});
    const std::string name = shown(setting);
    if (std::find(found->second.begin(), found->second.end(), name) == found->second.end())
      found->second.push_back(name);
  }
  bool differ() const { return owners_.size() > 1; }
  /// "0 (ours, mini), 0.001 (peer)", in the order of the lines
  std::string text() const {
    std::vector<std::string> parts;
    for (const auto& [value, owners] : owners_) parts.push_back(fmt::format("{} ({})", value, list(owners, 3)));
    return list(parts, 4);
  }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> owners_;
};

class Judge {
 public:
  explicit Judge(const Comparison& comparison) : comparison_(comparison) {}

  std::vector<Remark> judge() {
    circumstances();
    seeds();
    for (const std::string& node : clusterers()) {
      data(node);
      stopping(node);
      starts(node);
      clusters(node);
    }
    pairs();
    times();
    failures();
    return std::move(remarks_);
  }

 private:
  void say(const char* id, std::string text) { remarks_.push_back({id, std::move(text)}); }

  template <typename Read>
  void compare_runs(const char* id, const std::string& what, Read&& read) {
    Facts facts;
    for (const ComparedSetting& setting : comparison_.settings)
      for (const RunFile* run : setting.runs) facts.add(read(run->circumstances), setting);
    if (facts.differ()) say(id, what + ": " + facts.text());
  }

  void circumstances() {
    compare_runs("F801", "rows ran on different machines, so times are no comparison",
                 [](const Circumstances& c) { return c.machine; });
    compare_runs("F802", "rows ran with different threads or devices",
                 [](const Circumstances& c) { return fmt::format("{} threads on {}", c.threads, c.device); });
    std::set<std::string> builds;
    for (const ComparedSetting& setting : comparison_.settings)
      for (const RunFile* run : setting.runs)
        if (const std::string& build = run->circumstances.build;
            !build.empty() && build != "Release" && build != "RelWithDebInfo" && build != "MinSizeRel")
          builds.insert(build);
    for (const std::string& build : builds)
      say("F805", fmt::format("a {} build of Shoal ran: its times are not those of a release", build));
  }

  void seeds() {
    std::vector<std::string> odd;
    for (const ComparedSetting& setting : comparison_.settings) {
      if (!setting.baseline) continue;
      const auto planned = [](const ComparedSetting& s) {
        std::set<std::int64_t> out;
        for (const FileRow* row : s.rows) out.insert(row->seed);
        return out;
      };
      if (planned(setting) != planned(comparison_.settings[*setting.baseline])) odd.push_back(shown(setting));
    }
    if (!odd.empty())
      say("F803", "not run on the baseline's seeds; differences are of those that both have: " + list(odd));
  }

  std::vector<std::string> clusterers() const {
    std::vector<std::string> out;
    for (const ComparedSetting& setting : comparison_.settings)
      for (const FileRow* row : setting.rows)
        for (const FileNode& node : row->nodes)
          if (node.use.starts_with("clusterer/") && std::find(out.begin(), out.end(), node.name) == out.end())
            out.push_back(node.name);
    return out;
  }

  /// Calls visit(setting, row, node) for every row that has the node, of those settings that are compared with each
  /// other: a baseline and what is measured against it. Calls done() after each such group.
  template <typename Visit, typename Done>
  void each_group(const std::string& name, Visit&& visit, Done&& done) const {
    std::map<std::size_t, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < comparison_.settings.size(); ++i)
      groups[comparison_.settings[i].baseline.value_or(comparison_.settings[i].is_baseline ? i : SIZE_MAX)].push_back(
          i);
    for (const auto& [baseline, members] : groups) {
      for (const std::size_t member : members)
        for (const FileRow* row : comparison_.settings[member].rows)
          if (const FileNode* node = row->find(name)) visit(comparison_.settings[member], *row, *node);
      done();
    }
  }

  /// Says `text` of every group in which the facts differ, once where groups say the same.
  template <typename Read>
  void compare_groups(const char* id, const std::string& text, const std::string& node, Read&& read) {
    Facts facts;
    std::vector<std::string> said;
    each_group(
        node,
        [&](const ComparedSetting& setting, const FileRow& row, const FileNode& n) { read(facts, setting, row, n); },
        [&] {
          if (facts.differ()) said.push_back(facts.text());
          facts = {};
        });
    if (!said.empty()) say(id, fmt::format("{}: {}{}", text, said[0], and_more(said)));
  }

  void data(const std::string& node) {
    // One seed may have other data than the next; a setting may not have other data than its baseline.
    std::map<std::int64_t, Facts> by_seed;
    std::set<std::string> said;
    each_group(
        node,
        [&](const ComparedSetting& setting, const FileRow& row, const FileNode& n) {
          if (!n.data.empty()) by_seed[row.seed].add(n.data, setting);
        },
        [&] {
          for (const auto& [seed, facts] : by_seed)
            if (facts.differ()) said.insert(facts.text());
          by_seed.clear();
        });
    if (!said.empty())
      say("F804", fmt::format("'{}' was fitted to different data under one seed: {}", node, *said.begin()));
  }

  void stopping(const std::string& node) {
    std::map<std::string, Facts> rules;
    std::vector<std::string> said;
    each_group(
        node,
        [&](const ComparedSetting& setting, const FileRow&, const FileNode& n) {
          if (n.parameters.empty()) return;  // a run without its plan
          for (const char* name : kStoppingRules) {
            const auto found = n.parameters.find(name);
            const bool has = found != n.parameters.end() && found->second != "null";
            rules[name].add(has ? found->second : "none", setting);
          }
        },
        [&] {
          std::string differ;
          for (const auto& [name, facts] : rules)
            if (facts.differ()) differ += (differ.empty() ? "" : "; ") + name + " " + facts.text();
          if (!differ.empty()) said.push_back(differ);
          rules.clear();
        });
    if (!said.empty()) say("F806", fmt::format("'{}' stops by different rules: {}{}", node, said[0], and_more(said)));
  }

  void starts(const std::string& node) {
    compare_groups("F809", fmt::format("'{}' does not start alike", node), node,
                   [](Facts& facts, const ComparedSetting& setting, const FileRow&, const FileNode& n) {
                     const auto given = n.inputs.find("init");
                     facts.add(given == n.inputs.end() ? "chooses its own start" : "starts from " + given->second,
                               setting);
                   });
  }

  void clusters(const std::string& node) {
    std::vector<std::string> fewer;
    for (const ComparedSetting& setting : comparison_.settings)
      for (const FileRow* row : setting.rows) {
        const FileNode* n = row->find(node);
        const auto found = row->metrics.find(node + ".clusters");
        if (n == nullptr || found == row->metrics.end()) continue;
        const auto k = n->parameters.find("k");
        if (k == n->parameters.end() || k->second == "null") continue;
        if (found->second < std::strtod(k->second.c_str(), nullptr))
          fewer.push_back(fmt::format("{} seed {}: {} of {}", shown(setting), row->seed, found->second, k->second));
      }
    if (!fewer.empty()) say("F810", fmt::format("'{}' has fewer clusters than were asked for: {}", node, list(fewer)));
  }

  void pairs() {
    std::size_t least = SIZE_MAX, lines = 0;
    for (const ComparedSetting& setting : comparison_.settings)
      if (!setting.metrics.empty() && setting.metrics[0].against) {
        least = std::min(least, setting.metrics[0].against->pairs);
        ++lines;
      }
    if (lines == 0) return;
    if (least < kEnoughPairs)
      say("F807",
          fmt::format("with {} pair{} the sign-flip p cannot go below {}, so there is no verdict (?); {} seeds or "
                      "more can settle it (--seeds {})",
                      least, least == 1 ? "" : "s", plain(least_p(least)), kEnoughPairs, kEnoughPairs));
    else if (const double p = least_p(least) * static_cast<double>(lines); p > 0.05)
      say("F807", fmt::format("with {} pairs and {} lines to test, p (Holm) cannot go below {:.2g}: verdicts go by the "
                              "interval alone",
                              least, lines, std::min(p, 1.0)));
  }

  void times() {
    if (comparison_.timed.empty()) return;
    std::vector<std::string> reused, once;
    for (const ComparedSetting& setting : comparison_.settings)
      for (std::size_t i = 0; i < setting.rows.size(); ++i) {
        for (const FileNode& node : setting.rows[i]->nodes)
          if (!node.fit_seconds.empty() && node.status == "reused")
            reused.push_back(fmt::format("{} seed {}", shown(setting), setting.rows[i]->seed));
        if (setting.runs[i]->circumstances.bench == 0) once.push_back(shown(setting));
      }
    if (!reused.empty()) say("F808", "times are those of an earlier row, which had computed the same: " + list(reused));
    if (!once.empty())
      say("F811",
          "each fit was timed once, cold, one row after the other; shoal run --bench warms up, repeats and "
          "interleaves them");
  }

  void failures() {
    for (const ComparedSetting& setting : comparison_.settings)
      for (const FileRow* row : setting.rows)
        if (!row->done())
          say("R601", fmt::format("{} lost seed {} ({}){}", shown(setting), row->seed, row->status,
                                  row->error.empty() ? "" : ": " + row->error));
  }

  const Comparison& comparison_;
  std::vector<Remark> remarks_;
};

}  // namespace

std::vector<Remark> fairness(const Comparison& comparison) { return Judge(comparison).judge(); }

}  // namespace shoal::host
