#include "row_state.h"

#include <algorithm>

#include "words.h"

namespace shoal {
namespace {

constexpr int kLeastNameColumns = 16, kMostNameColumns = 32;
constexpr std::size_t kNumbersOfNode = 2;

/// How many lines of each kind are shown.
struct Shown {
  std::size_t ended = 0, at_work = 0, waiting = 0;
  bool curves = false;
};

/// `there` counts what there is, `curves` the nodes at work that have one.
Shown share_room(const Shown& there, std::size_t curves, std::size_t room) {
  Shown out = there;
  const std::size_t all = there.ended + there.at_work + there.waiting;
  out.curves = all + curves <= room;
  if (all <= room) return out;
  out.at_work = std::min(there.at_work, room);
  std::size_t left = room - out.at_work;
  for (const std::size_t some : {there.ended, there.waiting})  // the lines that count the rest
    if (some > 0 && left > 0) --left;
  out.waiting = std::min(there.waiting, (left + 1) / 2);
  out.ended = std::min(there.ended, left - out.waiting);
  out.waiting = std::min(there.waiting, left - out.ended);
  return out;
}

}  // namespace

void RowState::grow() {
  tree_ = node_tree(planned_.nodes);
  name_columns_ = kLeastNameColumns;
  for (const Branch& branch : tree_)
    name_columns_ = std::clamp(columns_of(branch.lead + branch.name), name_columns_, kMostNameColumns);
}

NodeState& RowState::node(const std::string& name) {
  const bool known = std::any_of(tree_.begin(), tree_.end(), [&](const Branch& branch) { return branch.name == name; });
  if (!known) {
    planned_.nodes.push_back({.name = name});
    grow();
  }
  return nodes_[name];
}

void RowState::end_node(const Event& event) {
  node(event.node).end(event);
  ended_.push_back(event.node);
}

bool RowState::at_work() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const auto& node) { return node.second.phase() == NodeState::Phase::at_work; });
}

bool RowState::computed() const {
  return std::any_of(nodes_.begin(), nodes_.end(), [](const auto& node) { return node.second.computed(); });
}

const char* RowState::trouble() const {
  const auto any = [&](const char* word) {
    return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& node) { return node.second.word() == word; });
  };
  return any("FAILED") ? "FAILED" : any("stopped") ? "stopped" : "";
}

void RowState::add_line(const Branch& branch, double time, bool with_curve, std::vector<LiveLine>& out) const {
  const std::string name = padded(branch.lead + branch.name, name_columns_) + " ";
  const auto found = nodes_.find(branch.name);
  if (found == nodes_.end() || found->second.phase() == NodeState::Phase::waiting) {
    out.push_back({.text = name + "waits", .dim = true});
    return;
  }
  const NodeState& node = found->second;
  if (node.phase() == NodeState::Phase::at_work) {
    out.push_back({.text = name + node.doing(time)});
    if (with_curve && !node.curve().empty())
      out.push_back({.text = padded(branch.below, name_columns_) + " " + node.curve()});
    return;
  }
  const std::string numbers = node.good() ? node.numbers(kNumbersOfNode) : "";
  out.push_back({.text = name + (node.good() ? "✓ " : "✗ ") + node.word() + (numbers.empty() ? "" : "  " + numbers)});
}

/// The first that waits, in the order in which they run; "" where none does.
std::string RowState::next_to_begin() const {
  for (const PlannedNode& node : planned_.nodes) {
    const auto found = nodes_.find(node.name);
    if (found == nodes_.end() || found->second.phase() == NodeState::Phase::waiting) return node.name;
  }
  return "";
}

std::vector<LiveLine> RowState::lines(double time, std::size_t room, bool elsewhere) const {
  const auto phase_of = [&](const Branch& branch) {
    const auto found = nodes_.find(branch.name);
    return found == nodes_.end() ? NodeState::Phase::waiting : found->second.phase();
  };
  Shown there;
  std::size_t curves = 0;
  for (const Branch& branch : tree_) {
    const NodeState::Phase phase = phase_of(branch);
    there.ended += phase == NodeState::Phase::ended ? 1 : 0;
    there.waiting += phase == NodeState::Phase::waiting ? 1 : 0;
    there.at_work += phase == NodeState::Phase::at_work ? 1 : 0;
    if (phase == NodeState::Phase::at_work && !nodes_.at(branch.name).curve().empty()) ++curves;
  }
  const Shown shown = share_room(there, curves, room);
  const std::string taken = elsewhere ? next_to_begin() : "";
  std::vector<LiveLine> out;
  const std::size_t hidden_ended = there.ended - shown.ended, hidden_waiting = there.waiting - shown.waiting;
  if (hidden_ended > 0 && room > shown.at_work) out.push_back({.text = text("… {} ended", hidden_ended), .dim = true});
  std::size_t ended = 0, at_work = 0, waiting = 0;
  for (const Branch& branch : tree_) switch (phase_of(branch)) {
      case NodeState::Phase::ended:
        if (ended++ >= hidden_ended) add_line(branch, time, false, out);
        break;
      case NodeState::Phase::at_work:
        if (at_work++ < shown.at_work) add_line(branch, time, shown.curves, out);
        break;
      case NodeState::Phase::waiting:
        if (waiting++ >= shown.waiting) break;
        add_line(branch, time, false, out);
        if (branch.name == taken)
          out.back().text = padded(branch.lead + branch.name, name_columns_) + " in another process";
        break;
    }
  if (hidden_waiting > 0 && out.size() < room)
    out.push_back({.text = text("… {} more wait", hidden_waiting), .dim = true});
  return out;
}

}  // namespace shoal
