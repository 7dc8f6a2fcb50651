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
      isolation(node);
      clusters(node);
    }
    pairs();
    copies();
    not_finite();
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
    compare_runs("F813", "rows ran with different versions of Shoal", [](const Circumstances& c) { return c.program; });
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

  /// A row of a setting that has the node in question.
  struct Seen {
    const ComparedSetting& setting;
    const FileRow& row;
    const FileNode& node;
  };
  using Group = std::vector<Seen>;

  /// What is compared with each other: each baseline and what is measured against it, and all that has no baseline.
  std::vector<Group> groups(const std::string& name) const {
    constexpr std::size_t kWithoutBaseline = SIZE_MAX;
    std::map<std::size_t, Group> by_baseline;
    for (std::size_t i = 0; i < comparison_.settings.size(); ++i) {
      const ComparedSetting& setting = comparison_.settings[i];
      Group& group = by_baseline[setting.is_baseline ? i : setting.baseline.value_or(kWithoutBaseline)];
      for (const FileRow* row : setting.rows)
        if (const FileNode* node = row->find(name)) group.push_back({setting, *row, *node});
    }
    std::vector<Group> out;
    for (auto& [baseline, group] : by_baseline) out.push_back(std::move(group));
    return out;
  }

  /// Says the first of `differences`, one a group, and how many more there are.
  void say_first(const char* id, const std::string& what, const std::vector<std::string>& differences) {
    if (differences.empty()) return;
    const std::size_t more = differences.size() - 1;
    say(id, fmt::format("{}: {}{}", what, differences[0],
                        more > 0 ? fmt::format("; {} more groups of rows differ too", more) : ""));
  }

  /// Says of each group in which `fact(node)` is not the same for all.
  template <typename Fact>
  void compare_groups(const char* id, const std::string& what, const std::string& node, Fact&& fact) {
    std::vector<std::string> differences;
    for (const Group& group : groups(node)) {
      Facts facts;
      for (const Seen& seen : group) facts.add(fact(seen.node), seen.setting);
      if (facts.differ()) differences.push_back(facts.text());
    }
    say_first(id, what, differences);
  }

  /// One seed may have other data than the next; a setting may not have other data than its baseline.
  void data(const std::string& node) {
    std::vector<std::string> differences;
    for (const Group& group : groups(node)) {
      std::map<std::int64_t, Facts> by_seed;
      for (const Seen& seen : group)
        if (!seen.node.data.empty()) by_seed[seen.row.seed].add(seen.node.data, seen.setting);
      for (const auto& [seed, facts] : by_seed)
        if (facts.differ()) {
          differences.push_back(facts.text());
          break;  // the next seed would say the same
        }
    }
    say_first("F804", fmt::format("'{}' was fitted to different data under one seed", node), differences);
  }

  void stopping(const std::string& node) {
    std::vector<std::string> differences;
    for (const Group& group : groups(node)) {
      std::string differ;
      for (const char* rule : kStoppingRules) {
        Facts facts;
        for (const Seen& seen : group)
          if (stops_by_rules(seen.node)) facts.add(rule_of(seen.node, rule), seen.setting);
        if (facts.differ()) differ += fmt::format("{}{} {}", differ.empty() ? "" : "; ", rule, facts.text());
      }
      if (!differ.empty()) differences.push_back(differ);
    }
    say_first("F806", fmt::format("'{}' stops by different rules", node), differences);
  }

  /// False of what ends when it has done its work, and of a run without its plan.
  static bool stops_by_rules(const FileNode& node) {
    return node.use == "clusterer/python" ||
           std::any_of(kStoppingRules.begin(), kStoppingRules.end(),
                       [&](const char* rule) { return node.parameters.contains(rule); });
  }

  static std::string rule_of(const FileNode& node, std::string_view rule) {
    if (rule == "n_init" && node.inputs.contains("init")) return "1";  // from given centroids all starts are one
    const auto found = node.parameters.find(std::string(rule));
    if (found != node.parameters.end() && found->second != "null") return found->second;
    return node.use == "clusterer/python" ? "what its params say" : "none";
  }

  void starts(const std::string& node) {
    compare_groups("F809", fmt::format("'{}' does not start alike", node), node, [](const FileNode& n) {
      const auto given = n.inputs.find("init");
      return given == n.inputs.end() ? "chooses its own start" : "starts from " + given->second;
    });
  }

  void isolation(const std::string& node) {
    compare_groups("F814", fmt::format("'{}' is not fitted in the same place", node), node, [](const FileNode& n) {
      return n.isolated ? "in a process of its own, cold each time" : "within the program";
    });
  }

  void copies() {
    std::vector<std::string> shared;
    for (const ComparedSetting& setting : comparison_.settings)
      if (!setting.metrics.empty() && setting.metrics[0].copies > 0)
        shared.push_back(fmt::format("{} ({} left out)", shown(setting), setting.metrics[0].copies));
    if (!shared.empty())
      say("F815", "seeds change nothing there, so pairs of the same two computations count once: " + list(shared));
  }

  void not_finite() {
    for (std::size_t m = 0; m < comparison_.metrics.size(); ++m)
      for (const ComparedSetting& setting : comparison_.settings) {
        std::string seeds;
        for (const std::int64_t seed : setting.metrics[m].not_finite)
          seeds += (seeds.empty() ? "" : ", ") + std::to_string(seed);
        if (!seeds.empty())
          say("F812", fmt::format("{} has no finite '{}' for seed {}: what is shown is the others'", shown(setting),
                                  comparison_.metrics[m], seeds));
      }
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
    std::vector<std::string> reused, stored, once;
    for (const ComparedSetting& setting : comparison_.settings)
      for (std::size_t i = 0; i < setting.rows.size(); ++i) {
        for (const FileNode& node : setting.rows[i]->nodes) {
          const bool timed =
              std::find(comparison_.timed.begin(), comparison_.timed.end(), node.name) != comparison_.timed.end();
          if (!timed || node.fit_seconds.empty()) continue;
          const std::string which = fmt::format("{} seed {}", shown(setting), setting.rows[i]->seed);
          if (node.status == "reused") reused.push_back(which);
          if (node.status == "stored") stored.push_back(which);
        }
        if (setting.runs[i]->circumstances.bench == 0) once.push_back(shown(setting));
      }
    if (!reused.empty()) say("F808", "times are those of an earlier row, which had computed the same: " + list(reused));
    if (!stored.empty())
      say("F808",
          "times were measured in an earlier session, perhaps on another machine, and come from the store (shoal "
          "run --bench measures them now): " +
              list(stored));
    if (!once.empty())
      say("F811",
          "each fit was timed once, cold, one row after the other; shoal run --bench warms up, repeats and "
          "interleaves them");
  }

  /// One line for the rows of a setting that failed alike.
  void failures() {
    for (const ComparedSetting& setting : comparison_.settings) {
      std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
      for (const FileRow* row : setting.rows) {
        if (row->done() || row->to_come()) continue;
        const std::string reason = row->status + (row->error.empty() ? "" : "): " + row->error);
        auto found = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == reason; });
        if (found == reasons.end()) found = reasons.insert(reasons.end(), {reason, {}});
        found->second.push_back(std::to_string(row->seed));
      }
      for (const auto& [reason, seeds] : reasons)
        say("R601", fmt::format("{} lost seed{} {} ({}{}", shown(setting), seeds.size() == 1 ? "" : "s", list(seeds),
                                reason, reason.find("): ") == std::string::npos ? ")" : ""));
    }
  }

  const Comparison& comparison_;
  std::vector<Remark> remarks_;
};

}  // namespace

std::vector<Remark> fairness(const Comparison& comparison) { return Judge(comparison).judge(); }

}  // namespace shoal::host
