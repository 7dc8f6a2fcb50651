#include "framework/report/profile_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "framework/report/text_table.h"

namespace shoal::host {
namespace {

using Interval = std::pair<std::int64_t, std::int64_t>;

/// How much time is in at least one of them.
std::int64_t time_in(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end());
  std::int64_t out = 0, end = 0;
  for (const auto& [from, to] : intervals) {
    out += std::max<std::int64_t>(0, to - std::max(from, end));
    end = std::max(end, to);
  }
  return out;
}

/// Spans added up.
struct Sum {
  std::string label;
  std::size_t calls = 0;
  std::int64_t time = 0, cpu = 0, counted = 0;
  SpanKind kind = SpanKind::call;

  void add(const Span& span) {
    ++calls;
    time += span.end - span.begin;
    cpu += span.cpu;
    counted += span.to - span.from;
  }
};

/// A node, over all rows.
struct Node {
  Sum all;
  std::string component;
  std::vector<Sum> calls;                // each function, in the order of their first calls
  std::vector<Interval> any, of_others;  // calls of whatever, and of components that it calls itself
  std::int64_t before = 0, peak = 0;
  std::int64_t first = 0;  // when it first began
};

class Table {
 public:
  Table(const Profile& profile, std::int64_t whole) : profile_(profile), whole_(whole) {
    for (const Span& span : profile.spans()) sort_in(span, profile.subjects()[span.subject]);
    for (const NodeMemory& memory : profile.memory()) {
      Node& node = nodes_[memory.node];
      if (memory.peak <= node.peak) continue;
      node.before = memory.before;
      node.peak = memory.peak;
    }
  }

  std::string print() {
    lines_ = {{"", "calls", "seconds", "share", "CPU s", "ms each", "peak MB", "of these new"}};
    for (const Node* node : in_order()) print_node(*node);
    print_outside();
    return align_columns(lines_, {false, true, true, true, true, true, true, true}, 2);
  }

 private:
  static std::string label_of(const SpanSubject& subject) {
    const std::string who = subject.component.empty() ? "" : subject.component + " ";
    return subject.kind == SpanKind::pass ? "(" + subject.name + ")" : who + subject.name;
  }

  static void add_to(std::vector<Sum>& sums, const Span& span, const SpanSubject& subject) {
    const std::string label = label_of(subject);
    auto found = std::find_if(sums.begin(), sums.end(), [&](const Sum& sum) { return sum.label == label; });
    if (found == sums.end()) found = sums.insert(sums.end(), {.label = label, .kind = subject.kind});
    found->add(span);
  }

  void sort_in(const Span& span, const SpanSubject& subject) {
    if (subject.kind == SpanKind::node || subject.kind == SpanKind::host) accounted_.emplace_back(span.begin, span.end);
    if (subject.node.empty()) return add_to(outside_, span, subject);
    Node& node = nodes_[subject.node];
    if (subject.kind == SpanKind::node) {
      node.component = subject.component;
      if (node.all.calls == 0) node.first = span.begin;
      node.all.add(span);
      return;
    }
    add_to(node.calls, span, subject);
    if (subject.kind == SpanKind::pass) return;
    node.any.emplace_back(span.begin, span.end);
    owners_[subject.node].emplace_back(subject.component, Interval{span.begin, span.end});
  }

  std::vector<const Node*> in_order() {
    std::vector<const Node*> out;
    for (auto& [name, node] : nodes_) {
      if (node.all.calls == 0) continue;
      node.all.label = name;
      for (const auto& [component, interval] : owners_[name])
        if (component != node.component) node.of_others.push_back(interval);
      out.push_back(&node);
    }
    std::sort(out.begin(), out.end(), [](const Node* a, const Node* b) { return a->first < b->first; });
    return out;
  }

  std::string seconds(std::int64_t time) const { return fmt::format("{:.3f}", static_cast<double>(time) * 1e-9); }
  std::string share(std::int64_t time) const {
    return fmt::format("{:.1f} %", whole_ > 0 ? 100.0 * static_cast<double>(time) / static_cast<double>(whole_) : 0);
  }

  void print_sum(const Sum& sum, const std::string& label) {
    const double each = static_cast<double>(sum.time) * 1e-6 / static_cast<double>(sum.calls);
    const std::string counted = sum.kind == SpanKind::pass ? fmt::format(" {} counted", sum.counted) : "";
    lines_.push_back({label + counted, std::to_string(sum.calls), seconds(sum.time), share(sum.time),
                      sum.kind == SpanKind::pass ? "" : seconds(sum.cpu), fmt::format("{:.3f}", each), "", ""});
  }
  void print_rest(const std::string& label, std::int64_t time) {
    lines_.push_back({label, "", seconds(time), share(time), "", "", "", ""});
  }

  void print_node(const Node& node) {
    const double megabyte = 1e6;
    lines_.push_back(
        {node.all.label + " (" + node.component + ")", std::to_string(node.all.calls), seconds(node.all.time),
         share(node.all.time), seconds(node.all.cpu), "",
         fmt::format("{:.0f}", static_cast<double>(node.peak) / megabyte),
         fmt::format("{:.0f}", static_cast<double>(std::max<std::int64_t>(0, node.peak - node.before)) / megabyte)});
    for (const Sum& sum : node.calls) print_sum(sum, "    " + sum.label);
    if (!node.of_others.empty() && time_in(node.any) > time_in(node.of_others))
      print_rest("    " + node.component + " itself", time_in(node.any) - time_in(node.of_others));
    if (!node.any.empty()) print_rest("    Shoal, around these", node.all.time - time_in(node.any));
  }

  void print_outside() {
    std::int64_t in_nodes = 0;
    for (const auto& [name, node] : nodes_) in_nodes += node.all.time;
    print_rest("outside of nodes", whole_ - in_nodes);
    for (const Sum& sum : outside_) print_sum(sum, "    " + sum.label);
    print_rest("    else", whole_ - time_in(accounted_));
  }

  const Profile& profile_;
  const std::int64_t whole_;
  std::map<std::string, Node> nodes_;
  std::map<std::string, std::vector<std::pair<std::string, Interval>>> owners_;
  std::vector<Sum> outside_;
  std::vector<Interval> accounted_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace

std::string profile_table(const Profile& profile, std::int64_t whole, std::int64_t cpu) {
  const double seconds = static_cast<double>(whole) * 1e-9, busy = static_cast<double>(cpu) * 1e-9;
  return fmt::format("{:.3f} s, of the processor {:.3f} s: {:.2f} cores at work\n\n", seconds, busy,
                     seconds > 0 ? busy / seconds : 0) +
         Table(profile, whole).print();
}

}  // namespace shoal::host
