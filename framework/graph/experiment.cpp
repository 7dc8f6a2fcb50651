#include "framework/graph/experiment.h"

#include <algorithm>
#include <functional>

#include "framework/config/path.h"
#include "framework/config/scalars.h"
#include "framework/graph/figure_style.h"
#include "framework/graph/read_parts.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Diagnostics;
using config::Entry;
using config::Value;

constexpr std::int64_t kFormat = 1;
constexpr std::int64_t kMostThreads = 4096;

InputSpec read_input(const Entry& entry, Diagnostics& diagnostics) {
  InputSpec input{.port = entry.key, .from = {}, .is_list = entry.value.is_list(), .place = entry.key_place};
  if (entry.value.is_list()) {
    for (const Value& item : entry.value.items)
      if (auto name = read_output_name(item, entry.key, diagnostics)) input.from.push_back(std::move(*name));
  } else if (auto name = read_output_name(entry.value, entry.key, diagnostics)) {
    input.from.push_back(std::move(*name));
  }
  return input;
}

void read_isolate(const Entry& entry, NodeSpec& node, Diagnostics& diagnostics) {
  const auto how = config::read_text(entry.value, diagnostics, "isolate");
  if (how && *how != "process" && *how != "none")
    diagnostics.error("K207", entry.value.place, text("'isolate' is '{}', which is not one of process, none", *how));
  if (how) node.isolated = how == "process";
  node.isolate_place = entry.key_place;
}

void read_cache(const Value& value, NodeSpec& node, Diagnostics& diagnostics) {
  const auto how = config::read_text(value, diagnostics, "cache");
  if (how && *how != "on" && *how != "off")
    diagnostics.error("K207", value.place, text("'cache' is '{}', which is not one of on, off", *how));
  node.cached = how != "off";
}

FigureSpec read_figure(const Entry& entry, Diagnostics& diagnostics) {
  FigureSpec figure;
  figure.name = entry.key;
  figure.place = entry.key_place;
  if (!is_name(entry.key))
    diagnostics.error("K205", entry.key_place, text("a figure names its file ([a-z][a-z0-9_-]*), not '{}'", entry.key));
  if (!require_map(entry.value, entry.key, diagnostics)) return figure;
  const std::vector<std::string>& of_style = figure_style_keys();
  std::vector<std::string> known = {"x", "y", "by", "title", "y_scale"};
  known.insert(known.end(), of_style.begin(), of_style.end());
  const FigureStyle style = read_figure_style(entry.value, diagnostics);
  for (const Entry& part : entry.value.entries) {
    if (std::find(of_style.begin(), of_style.end(), part.key) != of_style.end()) continue;
    if (part.key == "x") {
      figure.x = config::read_text(part.value, diagnostics, "x").value_or("");
      figure.x_place = part.value.place;
    } else if (part.key == "y") {
      const std::vector<Value> items = part.value.is_list() ? part.value.items : std::vector<Value>{part.value};
      for (const Value& item : items)
        if (auto name = read_output_name(item, "y", diagnostics)) figure.y.push_back(std::move(*name));
    } else if (part.key == "by") {
      figure.by = config::read_text(part.value, diagnostics, "by");
      figure.by_place = part.value.place;
    } else if (part.key == "title") {
      figure.title = config::read_text(part.value, diagnostics, "title").value_or("");
    } else if (part.key == "y_scale") {
      figure.y_scale = config::read_text(part.value, diagnostics, "y_scale").value_or("");
      if (figure.y_scale != "log" && figure.y_scale != "linear")
        diagnostics.error("K207", part.value.place, text("y_scale '{}' is not one of linear, log", figure.y_scale));
    } else {
      unknown_key(part, text("in figure '{}'", entry.key), known, diagnostics);
    }
  }
  for (const std::string needed : {"x", "y"})
    if (entry.value.find(needed) == nullptr && !(needed == "x" && style.mark == "histogram"))
      diagnostics.error("K204", entry.key_place, text("figure '{}' has no '{}'", entry.key, needed));
  return figure;
}

void read_format(const Value& document, Diagnostics& diagnostics) {
  const Entry* entry = document.find_entry("shoal");
  if (entry == nullptr) {
    diagnostics.error("K204", document.place, "the file does not begin with its format",
                      {{"write `shoal: 1` at its top", {}}});
    return;
  }
  const auto format = config::read_int(entry->value, diagnostics, "shoal");
  if (format && *format != kFormat)
    diagnostics.error("C215", entry->value.place,
                      text("this file is of format {}, this program knows format {}", *format, kFormat));
}

std::vector<std::string> read_texts(const Value& value, const std::string& what, Diagnostics& diagnostics) {
  std::vector<std::string> out;
  if (!value.is_list()) {
    diagnostics.error("K205", value.place, text("'{}' must be a list, but is {}", what, value.kind_name()));
    return out;
  }
  for (const Value& item : value.items)
    if (auto text = config::read_text(item, diagnostics, what)) out.push_back(std::move(*text));
  return out;
}

void read_device(const Value& value, Experiment& out, Diagnostics& diagnostics) {
  const auto device = config::read_text(value, diagnostics, "device");
  if (!device) return;
  const bool numbered = device->starts_with("cuda:") && device->size() > 5 &&
                        std::all_of(device->begin() + 5, device->end(), [](char c) { return c >= '0' && c <= '9'; });
  if (*device == "auto" || *device == "cpu" || *device == "cuda" || numbered) out.device = *device;
  else diagnostics.error("K207", value.place, text("device '{}' is not one of auto, cpu, cuda, cuda:N", *device));
}

}  // namespace

const NodeSpec* Experiment::find(const std::string& node) const {
  for (const NodeSpec& spec : nodes)
    if (spec.name == node) return &spec;
  return nullptr;
}

NodeSpec read_node(const Entry& entry, Diagnostics& diagnostics) {
  NodeSpec node;
  node.name = entry.key;
  node.place = entry.key_place;
  if (!is_name(entry.key))
    diagnostics.error("K205", entry.key_place,
                      text("a node is called like a variable ([a-z][a-z0-9_-]*), not '{}'", entry.key));
  if (config::is_top_level_key(entry.key) || config::is_node_key(entry.key))
    diagnostics.error("K218", entry.key_place,
                      text("'{}' is a word of experiment files: call the node something else", entry.key));
  if (!require_map(entry.value, entry.key, diagnostics, "a node is {use: kind/name, in: {…}, with: {…}}")) return node;
  for (const Entry& part : entry.value.entries) {
    if (part.key == "use") {
      node.use_place = part.value.place;
      node.use = config::read_text(part.value, diagnostics, "use").value_or("");
    } else if (part.key == "in") {
      if (!require_map(part.value, "in", diagnostics, "name the port too, as in `in: {data: digits}`")) continue;
      for (const Entry& input : part.value.entries) node.inputs.push_back(read_input(input, diagnostics));
    } else if (part.key == "with") {
      if (part.value.is_null() || require_map(part.value, "with", diagnostics)) node.with = part.value;
    } else if (part.key == "seed") {
      node.seed = config::read_int(part.value, diagnostics, "seed");
    } else if (part.key == "library") {
      node.library = config::read_text(part.value, diagnostics, "library");
      node.library_place = part.value.place;
    } else if (part.key == "cache") {
      read_cache(part.value, node, diagnostics);
    } else if (part.key == "isolate") {
      read_isolate(part, node, diagnostics);
    } else if (part.key == "timeout") {
      node.timeout_seconds = read_timeout(part.value, diagnostics).value_or(0);
      node.timeout_place = part.key_place;
    } else {
      node.unknown.push_back(part);
    }
  }
  if (entry.value.find("use") == nullptr)
    diagnostics.error("K204", entry.key_place, text("node '{}' does not say what it uses", entry.key),
                      {{"give it `use: kind/name`, or `use: node.output`", {}}});
  return node;
}

Experiment read_experiment(const Value& document, Diagnostics& diagnostics) {
  Experiment out;
  if (!require_map(document, "the experiment", diagnostics)) return out;
  read_format(document, diagnostics);
  static const std::vector<std::string> known = {"shoal",   "name",   "description", "base",    "vars",
                                                 "plugins", "seed",   "device",      "threads", "run",
                                                 "nodes",   "matrix", "compare",     "report",  "figures"};
  for (const Entry& entry : document.entries) {
    const Value& value = entry.value;
    if (entry.key == "name") out.name = config::read_text(value, diagnostics, "name").value_or("");
    else if (entry.key == "description")
      out.description = config::read_text(value, diagnostics, "description").value_or("");
    else if (entry.key == "seed") out.seed = config::read_int(value, diagnostics, "seed").value_or(0);
    else if (entry.key == "device") read_device(value, out, diagnostics);
    else if (entry.key == "threads") {
      out.threads = config::read_int(value, diagnostics, "threads").value_or(0);
      if (out.threads < 0 || out.threads > kMostThreads)
        diagnostics.error(
            "K206", value.place,
            text("'threads' must be between 0 (as many as there are) and {}, but is {}", kMostThreads, out.threads));
    } else if (entry.key == "plugins") out.plugins = read_texts(value, "plugins", diagnostics);
    else if (entry.key == "nodes") {
      if (!require_map(value, "nodes", diagnostics)) continue;
      for (const Entry& node : value.entries) out.nodes.push_back(read_node(node, diagnostics));
    } else if (entry.key == "run") {
      out.run = read_run_section(value, diagnostics);
    } else if (entry.key == "compare") {
      out.compare = read_compare_section(value, diagnostics);
    } else if (entry.key == "report") {
      if (!value.is_list())
        diagnostics.error("K205", value.place, text("'report' must be a list, but is {}", value.kind_name()));
      for (const Value& item : value.items)
        if (auto name = read_output_name(item, "report", diagnostics)) out.report.push_back(std::move(*name));
    } else if (entry.key == "figures") {
      if (!require_map(value, "figures", diagnostics)) continue;
      for (const Entry& figure : value.entries) out.figures.push_back(read_figure(figure, diagnostics));
    } else if (entry.key != "shoal" && entry.key != "matrix" && entry.key != "base" && entry.key != "vars" &&
               !entry.key.starts_with("x-")) {  // those have been used when the file was loaded
      unknown_key(entry, "at the top of the experiment", known, diagnostics);
    }
  }
  if (out.name.empty() && document.find("name") == nullptr)
    diagnostics.error("K204", document.place, "the experiment has no name",
                      {{"write `name: my-experiment`; it names the run folder", {}}});
  else if (!out.name.empty() && !is_name(out.name))
    diagnostics.error("K205", document.find("name")->place,
                      text("the name becomes a folder: [a-z][a-z0-9_-]*, not '{}'", out.name));
  const Value* nodes = document.find("nodes");
  if (nodes == nullptr || (nodes->is_map() && nodes->entries.empty()))
    diagnostics.error("K204", document.place, "the experiment has no nodes");
  return out;
}

}  // namespace shoal::host
