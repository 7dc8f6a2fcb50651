#include "framework/config/like.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "framework/config/merge.h"

namespace shoal::config {
namespace {

class LikeResolver {
 public:
  LikeResolver(Value& nodes, Diagnostics& diagnostics) : nodes_(nodes), diagnostics_(diagnostics) {}

  void resolve(const std::string& name) {
    Value& node = *nodes_.find(name);
    const Value* like = node.find("like");
    if (like == nullptr) return;
    const Value wanted = *like;
    const Path at{{{"nodes", std::nullopt}, {name, std::nullopt}}, node.place};
    Value copy = Value::make_map();
    open_.push_back(name);
    const bool found = find_other(wanted);
    if (found) {
      resolve(wanted.text);
      copy = *nodes_.find(wanted.text);
    }
    open_.pop_back();
    node.erase("like");
    if (!copy.is_map()) return;  // said where nodes are read
    Diagnostics ignored;         // nothing is there to be appended to or deleted, since the other was not found
    lay_over(copy, std::move(node), at, found ? diagnostics_ : ignored);
    copy.place = at.place;
    node = std::move(copy);
  }

 private:
  bool find_other(const Value& wanted) {
    if (!wanted.is_scalar()) {
      diagnostics_.error("K205", wanted.place,
                         fmt::format("'like' wants the name of a node, got {}", wanted.kind_name()));
      return false;
    }
    if (nodes_.find(wanted.text) == nullptr) {
      diagnostics_.error("G301", wanted.place,
                         fmt::format("there is no node '{}'{}", wanted.text, did_you_mean(wanted.text, nodes_.keys())));
      return false;
    }
    const auto first = std::find(open_.begin(), open_.end(), wanted.text);
    if (first == open_.end()) return true;
    std::string chain;
    for (auto at = first; at != open_.end(); ++at) chain += *at + " → ";
    diagnostics_.error("G309", wanted.place, fmt::format("nodes are like each other in a circle: {}{}", chain, *first));
    return false;
  }

  Value& nodes_;
  Diagnostics& diagnostics_;
  std::vector<std::string> open_;  // the nodes being resolved, each like the next
};

}  // namespace

void resolve_like(Value& document, Diagnostics& diagnostics) {
  Value* nodes = document.is_map() ? document.find("nodes") : nullptr;
  if (nodes == nullptr || !nodes->is_map()) return;  // a wrong form is said where nodes are read
  const bool any = std::any_of(nodes->entries.begin(), nodes->entries.end(),
                               [](const Entry& node) { return node.value.find("like") != nullptr; });
  if (!any) return;  // most often; this is asked for every row of a matrix
  LikeResolver resolver(*nodes, diagnostics);
  for (const std::string& name : nodes->keys()) resolver.resolve(name);
}

}  // namespace shoal::config
