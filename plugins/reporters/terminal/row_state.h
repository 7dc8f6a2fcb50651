// row_state.h: what events have told of one row, and its part of the live block.
#ifndef SHOAL_PLUGINS_REPORTERS_TERMINAL_ROW_STATE_H_
#define SHOAL_PLUGINS_REPORTERS_TERMINAL_ROW_STATE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "live_block.h"
#include "node_state.h"
#include "node_tree.h"
#include "plan_file.h"

namespace shoal {

/// A row's nodes: those that are planned, and any others once they are heard of.
class RowState {
 public:
  explicit RowState(PlannedRow planned) : planned_(std::move(planned)) { grow(); }

  /// Waiting until it begins.
  NodeState& node(const std::string& name);
  void end_node(const Event& event);
  /// What the row came to: a number that the experiment's `report` names.
  void report(const Event& event) { reported_.emplace_back(event.name, event.value); }

  const std::string& heading() const { return planned_.heading; }
  void set_heading(std::string heading) { planned_.heading = std::move(heading); }
  bool at_work() const;                                ///< whether a node is
  bool computed() const;                               ///< whether a node was, not taken from the store
  bool heard_of() const { return !nodes_.empty(); }    ///< whether any of its nodes was
  const char* trouble() const;                         ///< "FAILED", "stopped" or "": what became of a node
  std::size_t ended() const { return ended_.size(); }  ///< nodes
  std::size_t planned() const { return planned_.nodes.size(); }
  const std::vector<std::string>& ended_nodes() const { return ended_; }  ///< in the order of their ends
  const std::vector<std::pair<std::string, double>>& reported() const { return reported_; }

  /// The tree of its nodes in at most `room` lines. Where there are more, curves give way, then the nodes that ended
  /// first and those that wait longest become a line that counts them; what is at work stays in view.
  /// `elsewhere`: the row cannot go on here, since another process has the next node.
  std::vector<LiveLine> lines(double time, std::size_t room, bool elsewhere = false) const;

 private:
  void grow();
  void add_line(const Branch& branch, double time, bool with_curve, std::vector<LiveLine>& out) const;
  std::string next_to_begin() const;

  PlannedRow planned_;
  std::vector<Branch> tree_;
  int name_columns_ = 0;  // lead and name of the widest
  std::map<std::string, NodeState> nodes_;
  std::vector<std::string> ended_;
  std::vector<std::pair<std::string, double>> reported_;
};

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_TERMINAL_ROW_STATE_H_
