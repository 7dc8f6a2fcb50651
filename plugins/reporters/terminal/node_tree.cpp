#include "node_tree.h"

#include <map>
#include <optional>

namespace shoal {
namespace {

constexpr std::size_t kDeepest = 8;  // levels; what is deeper stands beside what it waits for

class TreeBuilder {
 public:
  explicit TreeBuilder(const std::vector<PlannedNode>& nodes) : nodes_(nodes), children_(nodes.size()) {
    std::map<std::string, std::size_t> numbers;
    std::vector<std::optional<std::size_t>> parents;
    std::vector<std::size_t> depths;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      std::optional<std::size_t> parent;
      for (const std::string& name : nodes[i].after)
        if (const auto found = numbers.find(name); found != numbers.end() && (!parent || found->second > *parent))
          parent = found->second;
      if (parent && depths[*parent] == kDeepest) parent = parents[*parent];
      parents.push_back(parent);
      depths.push_back(parent ? depths[*parent] + 1 : 1);
      (parent ? children_[*parent] : roots_).push_back(i);
      numbers[nodes[i].name] = i;
    }
  }

  std::vector<Branch> build() {
    add(roots_, "");
    return std::move(out_);
  }

 private:
  void add(const std::vector<std::size_t>& siblings, const std::string& before) {
    for (const std::size_t node : siblings) {
      const bool last = node == siblings.back();
      const std::string after = before + (last ? "  " : "│ ");
      out_.push_back(
          {nodes_[node].name, before + (last ? "└ " : "├ "), after + (children_[node].empty() ? "  " : "│ ")});
      add(children_[node], after);
    }
  }

  const std::vector<PlannedNode>& nodes_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::size_t> roots_;
  std::vector<Branch> out_;
};

}  // namespace

std::vector<Branch> node_tree(const std::vector<PlannedNode>& nodes) { return TreeBuilder(nodes).build(); }

}  // namespace shoal
