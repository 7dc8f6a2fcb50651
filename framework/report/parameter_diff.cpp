#include "framework/report/parameter_diff.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace shoal::host {
namespace {

/// Rows that are held against each other; of a row that the other run has not, null.
using Pairs = std::vector<std::pair<const FileRow*, const FileRow*>>;

/// The rows in common, or all of both where there are none.
Pairs pair_rows(const RunFile& first, const RunFile& second) {
  std::map<RowName, const FileRow*> known;
  for (const FileRow& row : second.rows) known.emplace(name_of_row(row), &row);
  Pairs out;
  for (const FileRow& row : first.rows)
    if (const auto other = known.find(name_of_row(row)); other != known.end()) out.emplace_back(&row, other->second);
  if (!out.empty()) return out;
  for (const FileRow& row : first.rows) out.emplace_back(&row, nullptr);
  for (const FileRow& row : second.rows) out.emplace_back(nullptr, &row);
  return out;
}

/// Values in the order in which they come, each once.
class Values {
 public:
  void add(const std::string& value) {
    if (std::find(all_.begin(), all_.end(), value) == all_.end()) all_.push_back(value);
  }
  std::optional<std::string> said() const {
    if (all_.empty()) return std::nullopt;
    std::string out;
    for (const std::string& value : all_) out += (out.empty() ? "" : " | ") + value;
    return out;
  }

 private:
  std::vector<std::string> all_;
};

/// The values of every parameter of every node, as the rows of two runs are looked at.
class ParameterTable {
 public:
  /// A pair of rows, of which equal values are no difference; or one row, and null, whose values all count.
  void add(const FileRow* first, const FileRow* second) {
    const Named in_first = by_name(first), in_second = by_name(second);
    const bool is_pair = first != nullptr && second != nullptr;
    for (const auto& [name, node] : in_first) {
      const auto other = in_second.find(name);
      const auto& others = other == in_second.end() ? kNone : other->second->parameters;
      for (const auto& [parameter, value] : node->parameters) {
        const auto same = others.find(parameter);
        if (is_pair && same != others.end() && same->second == value) continue;
        values_[{name, parameter}].first.add(value);
        if (same != others.end()) values_[{name, parameter}].second.add(same->second);
      }
    }
    for (const auto& [name, node] : in_second) {
      const auto other = in_first.find(name);
      for (const auto& [parameter, value] : node->parameters)
        if (other == in_first.end() || !other->second->parameters.contains(parameter))
          values_[{name, parameter}].second.add(value);
    }
  }

  /// Of the nodes that both runs plan, what differs.
  std::vector<Difference> differences(const std::set<std::string>& nodes) const {
    std::vector<Difference> out;
    for (const auto& [what, values] : values_) {
      const auto first = values.first.said(), second = values.second.said();
      if (nodes.contains(what.first) && first != second) out.push_back({what.first + "." + what.second, first, second});
    }
    return out;
  }

 private:
  using Named = std::map<std::string, const FileNode*>;
  static inline const std::map<std::string, std::string> kNone = {};

  static Named by_name(const FileRow* row) {
    Named out;
    if (row != nullptr)
      for (const FileNode& node : row->nodes) out.emplace(node.name, &node);
    return out;
  }

  std::map<std::pair<std::string, std::string>, std::pair<Values, Values>> values_;  // by node and parameter
};

}  // namespace

std::set<std::string> planned_nodes(const RunFile& run) {
  std::set<std::string> out;
  for (const FileRow& row : run.rows)
    for (const FileNode& node : row.nodes)
      if (!node.key.empty()) out.insert(node.name);
  return out;
}

std::vector<Difference> diff_parameters(const RunFile& first, const RunFile& second,
                                        const std::set<std::string>& nodes) {
  ParameterTable table;
  for (const auto& [a, b] : pair_rows(first, second)) table.add(a, b);
  return table.differences(nodes);
}

}  // namespace shoal::host
