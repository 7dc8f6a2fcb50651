#include "framework/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "framework/report/fairness.h"
#include "framework/report/numbers.h"
#include "framework/run/median.h"
#include "shoal/nearest_name.h"

namespace shoal::host {
namespace {

/// A row with all that may tell it from others: axes, and parameters that differ between runs.
struct Candidate {
  const RunFile* run;
  const FileRow* row;
  std::map<std::string, std::string> labels;
};

[[noreturn]] void refuse(const std::string& what, const std::string& wanted, const std::vector<std::string>& there) {
  std::string list;
  for (const std::string& name : there) list += (list.empty() ? "" : ", ") + name;
  const auto nearest = nearest_name(wanted, there);
  throw std::runtime_error(fmt::format("no run has {} '{}'{}; there are {}", what, wanted,
                                       nearest ? fmt::format(", did you mean '{}'?", *nearest) : "",
                                       list.empty() ? "none" : list));
}

/// Numbers as numbers, before all that is none; the rest as text.
bool before(const std::string& a, const std::string& b) {
  const auto number = [](const std::string& text) -> std::optional<double> {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return text.empty() || *end != '\0' ? std::nullopt : std::optional(value);
  };
  const auto x = number(a), y = number(b);
  if (x && y) return *x < *y;
  return x.has_value() != y.has_value() ? x.has_value() : a < b;
}

void add_unique(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// "node.parameter" and "node.use" of a row, but for those of nodes that an axis of the run sets.
std::map<std::string, std::string> facts_of(const FileRow& row) {
  std::map<std::string, std::string> out;
  for (const FileNode& node : row.nodes) {
    out[node.name + ".use"] = node.use;
    for (const auto& [name, value] : node.parameters) out[node.name + "." + name] = value;
  }
  return out;
}

/// Facts that somebody changed between runs of one experiment: those that are one in each run and not the same in all,
/// and those that differ between two runs under the same labels.
std::vector<std::string> facts_between(const std::vector<RunFile>& runs) {
  using Values = std::set<std::string>;
  std::map<std::string, std::map<const RunFile*, Values>> by_run;
  std::map<std::pair<std::string, std::map<std::string, std::string>>, std::map<const RunFile*, Values>> by_labels;
  for (const RunFile& run : runs)
    for (const FileRow& row : run.rows) {
      const std::map<std::string, std::string> labels(row.settings.begin(), row.settings.end());
      for (const auto& [name, value] : facts_of(row)) {
        by_run[name][&run].insert(value);
        by_labels[{name, labels}][&run].insert(value);
      }
    }
  const auto differ = [](const std::map<const RunFile*, Values>& values) {
    return std::any_of(values.begin(), values.end(),
                       [&](const auto& entry) { return entry.second != values.begin()->second; });
  };
  Values changed;
  for (const auto& [name, values] : by_run) {
    const bool constant =
        std::all_of(values.begin(), values.end(), [](const auto& entry) { return entry.second.size() == 1; });
    if (constant && differ(values)) changed.insert(name);
  }
  for (const auto& [name_and_labels, values] : by_labels)
    if (differ(values)) changed.insert(name_and_labels.first);
  return {changed.begin(), changed.end()};
}

/// What to call each run: the last part of its folder's path, or as many parts as tell them apart.
std::map<const RunFile*, std::string> names_of(const std::vector<RunFile>& runs) {
  for (std::size_t parts = 1;; ++parts) {
    std::map<const RunFile*, std::string> out;
    std::set<std::string> known;
    bool whole = true;
    for (const RunFile& run : runs) {
      std::filesystem::path name, rest = run.folder;
      for (std::size_t i = 0; i < parts && rest.has_relative_path(); ++i, rest = rest.parent_path())
        name = i == 0 ? rest.filename() : rest.filename() / name;
      whole = whole && !rest.has_relative_path();
      known.insert(out[&run] = name.string());
    }
    if (known.size() == runs.size() || whole) return out;
  }
}

class Builder {
 public:
  Builder(const std::vector<RunFile>& runs, const CompareOptions& options) : runs_(runs), options_(options) {}

  Comparison build() {
    for (const RunFile& run : runs_) {
      add_unique(out_.names, run.name);
      for (const RunFile& other : runs_)
        if (&other < &run && other.folder == run.folder)
          throw std::runtime_error(fmt::format("{} is named twice", run.folder.string()));
    }
    gather();
    choose_columns();
    choose_metrics();
    group();
    find_baseline();
    forget_shared_times();
    measure();
    sort();
    out_.remarks = fairness(out_);
    return std::move(out_);
  }

 private:
  /// All rows with the labels that were asked for.
  void gather() {
    std::vector<std::string> keys;
    for (const RunFile& run : runs_)
      for (const std::string& axis : run.axes) add_unique(keys, axis);
    std::vector<std::string> facts;
    if (runs_.size() > 1 && out_.names.size() == 1)
      for (const std::string& fact : facts_between(runs_))
        if (std::find(keys.begin(), keys.end(), fact) == keys.end()) facts.push_back(fact);
    for (const RunFile& run : runs_)
      for (const FileRow& row : run.rows) {
        Candidate candidate{&run, &row, {row.settings.begin(), row.settings.end()}};
        if (!facts.empty()) {
          const auto known = facts_of(row);
          for (const std::string& fact : facts)
            if (const auto found = known.find(fact); found != known.end()) candidate.labels.insert(*found);
        }
        if (out_.names.size() > 1) candidate.labels["experiment"] = run.name;
        candidates_.push_back(std::move(candidate));
      }
    keys.insert(keys.end(), facts.begin(), facts.end());
    if (out_.names.size() > 1) keys.insert(keys.begin(), "experiment");
    if (runs_.size() > 1 && seeds_meet()) {
      const auto names = names_of(runs_);
      for (Candidate& candidate : candidates_) candidate.labels["run"] = names.at(candidate.run);
      keys.insert(keys.begin(), "run");
    }
    keys_ = std::move(keys);
    for (const auto& [axis, label] : options_.where) keep(axis, label);
    if (candidates_.empty()) throw std::runtime_error("there is no row to compare");
  }

  /// Whether two runs have rows of the same settings and seed.
  bool seeds_meet() const {
    std::map<std::pair<std::map<std::string, std::string>, std::int64_t>, const RunFile*> seen;
    for (const Candidate& candidate : candidates_) {
      const auto [entry, added] = seen.try_emplace({candidate.labels, candidate.row->seed}, candidate.run);
      if (!added && entry->second != candidate.run) return true;
    }
    return false;
  }

  void keep(const std::string& axis, const std::string& label) {
    if (std::find(keys_.begin(), keys_.end(), axis) == keys_.end()) refuse("an axis", axis, keys_);
    std::vector<std::string> labels;
    for (const Candidate& candidate : candidates_)
      if (const auto found = candidate.labels.find(axis); found != candidate.labels.end())
        add_unique(labels, found->second);
    if (std::find(labels.begin(), labels.end(), label) == labels.end())
      refuse(fmt::format("on axis '{}' the label", axis), label, labels);
    std::erase_if(candidates_, [&](const Candidate& candidate) {
      const auto found = candidate.labels.find(axis);
      return found == candidate.labels.end() || found->second != label;
    });
  }

  void choose_columns() {
    for (const std::string& key : keys_) {
      std::set<std::string> labels;
      for (const Candidate& candidate : candidates_) {
        const auto found = candidate.labels.find(key);
        labels.insert(found == candidate.labels.end() ? "" : found->second);
      }
      if (labels.size() > 1) out_.columns.push_back(key);
      else out_.equal.emplace_back(key, *labels.begin());
    }
  }

  void choose_metrics() {
    std::vector<std::string> all, reported, chosen;
    for (const RunFile& run : runs_) {
      for (const std::string& name : run.report) add_unique(reported, name);
      for (const std::string& name : run.compare.metrics) add_unique(chosen, name);
      for (const std::string& name : run.metrics) add_unique(all, name);
    }
    std::erase_if(chosen, [&](const std::string& name) {  // of rows that failed
      return std::find(all.begin(), all.end(), name) == all.end();
    });
    for (const std::string& asked : options_.metrics) {
      std::vector<std::string> names = names_in(asked);
      const bool any = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::find(all.begin(), all.end(), name) != all.end();
      });
      if (!any) refuse("a metric", names[0], all);
      const std::string title = asked.substr(0, asked.find('='));
      add_unique(out_.metrics, title);
      named_.emplace(title, std::move(names));
    }
    if (out_.metrics.empty()) out_.metrics = chosen.empty() ? reported : chosen;
    if (options_.all_metrics || out_.metrics.empty())
      for (const std::string& name : all) add_unique(out_.metrics, name);
    for (const RunFile& run : runs_)
      for (const FileRow& row : run.rows)
        for (const FileNode& node : row.nodes)
          if (!node.fit_seconds.empty()) add_unique(out_.timed, node.name);
    // A time has its own column.
    if (options_.metrics.empty() && chosen.empty() && !options_.all_metrics)
      std::erase_if(out_.metrics, [&](const std::string& name) {
        return std::any_of(out_.timed.begin(), out_.timed.end(),
                           [&](const std::string& node) { return name == node + ".fit_seconds"; });
      });
    for (const std::string& name : out_.metrics) {
      const std::vector<std::string>& names = named_.try_emplace(name, std::vector<std::string>{name}).first->second;
      int better = 0;
      for (const RunFile& run : runs_)
        for (const std::string& one : names)
          if (const auto found = run.better.find(one); found != run.better.end()) better = found->second;
      out_.better.push_back(better);
    }
  }

  /// "quality.acc" is itself; "ACC=quality.acc|classes.acc" is whichever of the two a row has.
  static std::vector<std::string> names_in(const std::string& asked) {
    std::vector<std::string> out;
    const std::size_t equals = asked.find('=');
    for (std::size_t from = equals == std::string::npos ? 0 : equals + 1; from <= asked.size();) {
      const std::size_t to = std::min(asked.find('|', from), asked.size());
      out.push_back(asked.substr(from, to - from));
      from = to + 1;
    }
    return out;
  }

  void group() {
    std::map<std::vector<std::string>, std::size_t> known;
    for (const Candidate& candidate : candidates_) {
      std::vector<std::string> labels;
      for (const std::string& column : out_.columns) {
        const auto found = candidate.labels.find(column);
        labels.push_back(found == candidate.labels.end() ? "" : found->second);
      }
      const auto [entry, added] = known.try_emplace(labels, out_.settings.size());
      if (added) out_.settings.push_back({.labels = labels});
      ComparedSetting& setting = out_.settings[entry->second];
      setting.rows.push_back(candidate.row);
      setting.runs.push_back(candidate.run);
      ++setting.planned;
      setting.peak_rss_bytes = std::max(setting.peak_rss_bytes, candidate.row->peak_rss_bytes);
      if (!candidate.row->done()) continue;
      ++setting.done;
      setting.seeds.push_back(candidate.row->seed);
    }
  }

  bool has_label(const std::string& axis, const std::string& label) const {
    const auto column = std::find(out_.columns.begin(), out_.columns.end(), axis);
    const auto number = static_cast<std::size_t>(column - out_.columns.begin());
    return column != out_.columns.end() &&
           std::any_of(out_.settings.begin(), out_.settings.end(),
                       [&](const ComparedSetting& setting) { return setting.labels[number] == label; });
  }

  /// What the experiment says of its baseline, as far as it is about what differs among these rows; empty: nothing.
  std::vector<std::string> written_baseline() const {
    for (const RunFile& run : runs_) {
      std::vector<std::string> out;
      for (const std::string& item : run.compare.baseline) {
        const auto setting = split_setting(item);
        if (item == "none" || (setting && has_label(setting->first, setting->second))) out.push_back(item);
      }
      if (!out.empty()) return out;
    }
    return {};
  }

  /// The labels that a baseline has, by column.
  std::map<std::size_t, std::string> baseline_labels() const {
    std::map<std::size_t, std::string> out;
    const std::vector<std::string> asked = options_.baseline.empty() ? written_baseline() : options_.baseline;
    if (asked == std::vector<std::string>{"none"} || out_.columns.empty()) return out;
    if (asked.empty()) return {{0, out_.settings[0].labels[0]}};
    for (const std::string& item : asked) {
      const auto wanted = split_setting(item);
      if (!wanted)
        throw std::runtime_error(fmt::format("a baseline is axis=label, for example {}={}, but '{}' has no =",
                                             out_.columns[0], out_.settings[0].labels[0], item));
      const auto& [axis, label] = *wanted;
      const auto column = std::find(out_.columns.begin(), out_.columns.end(), axis);
      if (column == out_.columns.end()) refuse("among the columns that differ,", axis, out_.columns);
      const auto number = static_cast<std::size_t>(column - out_.columns.begin());
      std::vector<std::string> labels;
      for (const ComparedSetting& setting : out_.settings) add_unique(labels, setting.labels[number]);
      if (std::find(labels.begin(), labels.end(), label) == labels.end())
        refuse(fmt::format("on axis '{}' the label", axis), label, labels);
      out[number] = label;
    }
    return out;
  }

  /// Each setting's baseline is the one that has the baseline's labels and else its own.
  void find_baseline() {
    const auto fixed = baseline_labels();
    if (fixed.empty()) return;
    for (const auto& [column, label] : fixed)
      out_.baseline += (out_.baseline.empty() ? "" : ", ") + out_.columns[column] + " " + label;
    std::map<std::vector<std::string>, std::size_t> known;
    for (std::size_t i = 0; i < out_.settings.size(); ++i) known[out_.settings[i].labels] = i;
    for (ComparedSetting& setting : out_.settings) {
      std::vector<std::string> labels = setting.labels;
      for (const auto& [column, label] : fixed) labels[column] = label;
      setting.is_baseline = labels == setting.labels;
      if (const auto found = known.find(labels); found != known.end() && !setting.is_baseline)
        setting.baseline = found->second;
    }
  }

  /// A metric under one seed, and the key of the node that gave it.
  struct Value {
    double value = 0;
    std::string key;
  };
  std::map<std::int64_t, Value> by_seed(const ComparedSetting& setting, const std::string& metric) const {
    std::map<std::int64_t, Value> out;
    for (const FileRow* row : setting.rows)
      for (const std::string& name : named_.at(metric)) {
        const auto found = row->metrics.find(name);
        if (!row->done() || found == row->metrics.end()) continue;
        const FileNode* node = row->find(name.substr(0, name.find('.')));
        out[row->seed] = {found->second, node == nullptr ? "" : node->key};
        break;
      }
    return out;
  }

  /// A fit that every line shares with its baseline, such as that of a common start, is nothing to compare.
  void forget_shared_times() {
    const auto keys_of = [](const ComparedSetting& setting, const std::string& node) {
      std::map<std::int64_t, std::string> out;
      for (const FileRow* row : setting.rows)
        if (const FileNode* found = row->find(node)) out[row->seed] = found->key;
      return out;
    };
    std::erase_if(out_.timed, [&](const std::string& node) {
      std::size_t compared = 0;
      for (const ComparedSetting& setting : out_.settings) {
        if (!setting.baseline) continue;
        ++compared;
        const auto own = keys_of(setting, node), other = keys_of(out_.settings[*setting.baseline], node);
        if (own != other || own.empty() || own.begin()->second.empty()) return false;
      }
      return compared > 0;
    });
  }

  void measure() {
    for (std::size_t m = 0; m < out_.metrics.size(); ++m) {
      std::vector<std::map<std::int64_t, Value>> values;
      for (const ComparedSetting& setting : out_.settings) values.push_back(by_seed(setting, out_.metrics[m]));
      std::vector<double> p;
      for (std::size_t i = 0; i < out_.settings.size(); ++i) {
        ComparedSetting& setting = out_.settings[i];
        Measured measured;
        std::vector<double> differences;
        std::set<std::pair<std::string, std::string>> known;  // computations that seeds share are one pair
        for (const auto& [seed, own] : values[i]) {
          if (!std::isfinite(own.value)) {
            measured.not_finite.push_back(seed);
            continue;
          }
          measured.seeds.push_back(seed);
          measured.values.push_back(own.value);
          if (!setting.baseline) continue;
          const auto other = values[*setting.baseline].find(seed);
          if (other == values[*setting.baseline].end() || !std::isfinite(other->second.value)) continue;
          const std::pair keys(own.key, other->second.key);
          if (!keys.first.empty() && !keys.second.empty() && !known.insert(keys).second) ++measured.copies;
          else differences.push_back(own.value - other->second.value);
        }
        if (!differences.empty()) measured.against = paired(differences, out_.better[m]);
        if (measured.against) p.push_back(measured.against->p);
        setting.metrics.push_back(std::move(measured));
      }
      const std::vector<double> adjusted = holm(p);
      std::size_t next = 0;
      for (ComparedSetting& setting : out_.settings)
        if (setting.metrics[m].against) setting.metrics[m].adjusted_p = adjusted[next++];
    }
    for (const std::string& node : out_.timed)
      for (ComparedSetting& setting : out_.settings) setting.times.push_back(times_of(setting, node));
    for (ComparedSetting& setting : out_.settings)
      for (std::size_t t = 0; setting.baseline && t < out_.timed.size(); ++t) {
        const auto& theirs = out_.settings[*setting.baseline].times[t].seconds;
        auto& own = setting.times[t];
        if (!own.seconds.empty() && !theirs.empty()) own.ratio = median(own.seconds) / median(theirs);
      }
  }

  static Times times_of(const ComparedSetting& setting, const std::string& node) {
    Times out;
    for (const FileRow* row : setting.rows) {
      const FileNode* found = row->find(node);
      if (found != nullptr && row->done())
        out.seconds.insert(out.seconds.end(), found->fit_seconds.begin(), found->fit_seconds.end());
    }
    return out;
  }

  void sort() {
    if (options_.sort.empty()) return;
    std::vector<std::size_t> order(out_.settings.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto column = std::find(out_.columns.begin(), out_.columns.end(), options_.sort);
    const auto metric = std::find(out_.metrics.begin(), out_.metrics.end(), options_.sort);
    if (column != out_.columns.end()) {
      const auto c = static_cast<std::size_t>(column - out_.columns.begin());
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return before(out_.settings[a].labels[c], out_.settings[b].labels[c]);
      });
    } else if (metric != out_.metrics.end()) {  // the best first; what has none last
      const auto m = static_cast<std::size_t>(metric - out_.metrics.begin());
      const double sign = out_.better[m] < 0 ? 1 : -1;
      const auto rank = [&](std::size_t i) {
        const auto& values = out_.settings[i].metrics[m].values;
        return std::pair(values.empty(), sign * mean_sd(values).mean);
      };
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    } else {
      std::vector<std::string> there = out_.columns;
      there.insert(there.end(), out_.metrics.begin(), out_.metrics.end());
      refuse("a column or metric", options_.sort, there);
    }
    std::vector<std::size_t> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    std::vector<ComparedSetting> sorted;
    for (const std::size_t i : order) sorted.push_back(std::move(out_.settings[i]));
    out_.settings = std::move(sorted);
    for (ComparedSetting& setting : out_.settings)
      if (setting.baseline) setting.baseline = place[*setting.baseline];
  }

  const std::vector<RunFile>& runs_;
  const CompareOptions& options_;
  std::vector<std::string> keys_;  // axes and facts, in the order of columns
  std::vector<Candidate> candidates_;
  std::map<std::string, std::vector<std::string>> named_;  // a column of metrics → what may stand in it
  Comparison out_;
};

}  // namespace

std::optional<std::pair<std::string, std::string>> split_setting(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return std::nullopt;
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

Comparison compare(const std::vector<RunFile>& runs, const CompareOptions& options) {
  return Builder(runs, options).build();
}

}  // namespace shoal::host
