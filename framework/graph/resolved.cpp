#include "framework/graph/resolved.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "framework/config/interpolate.h"
#include "framework/config/path.h"
#include "framework/graph/relative_path.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using config::Entry;
using config::Path;
using config::Value;

/// A relative path, or each of a list, from the root.
void make_whole(Value& value, const fs::path& otherwise) {
  for (Value& item : value.items) make_whole(item, otherwise);
  if (!value.is_scalar() || value.text.empty() || fs::path(value.text).is_absolute()) return;
  value.text = fs::absolute(folder_of(value.place, otherwise) / value.text).lexically_normal().string();
  value.quoted = true;
}

/// The parameter of that name, or that had it, if it holds a path.
const shoal_param* find_path_parameter(const GraphNode& node, const std::string& name) {
  if (!node.parameters) return nullptr;
  for (std::size_t i = 0; i < node.parameters->count(); ++i) {
    const shoal_param* param = node.parameters->declared()[i];
    if ((param->flags & SHOAL_PATH) == 0) continue;
    if (name == param->name) return param;
    for (const char* const* old = param->renamed_from; old != nullptr && *old != nullptr; ++old)
      if (name == *old) return param;
  }
  return nullptr;
}

fs::path folder_of_node(const GraphNode& node) { return folder_of(node.place, {}); }

bool takes_paths(const GraphNode& node) {
  if (!node.parameters) return false;
  const shoal_param* const* declared = node.parameters->declared();
  return std::any_of(declared, declared + node.parameters->count(),
                     [](const shoal_param* param) { return (param->flags & SHOAL_PATH) != 0; });
}

/// The parameters of all rows that hold a path, in full, with the folder where their node is.
std::map<std::string, fs::path> path_parameters(const Plan& plan, const Value& document) {
  std::map<std::string, fs::path> out;
  const auto add = [&](const GraphNode& node, const Value& from) {
    const Value* with = config::find(from, {{{"nodes", {}}, {node.name, {}}, {"with", {}}}, {}});
    if (with == nullptr) return;
    for (const Entry& entry : with->entries) {
      if (find_path_parameter(node, entry.key) == nullptr) continue;
      const Path path{{{"nodes", {}}, {node.name, {}}, {"with", {}}, {entry.key, {}}}, {}};
      out.emplace(config::to_string(path), folder_of_node(node));
    }
  };
  std::set<const GraphNode*> seen;  // rows share nodes, and one that is shared is written alike in all of them
  for (std::size_t r = 0; r < plan.rows.size(); ++r) {
    std::optional<Value> row_document;
    for (const GraphNode& node : plan.rows[r].graph.nodes) {
      if (!seen.insert(&node).second || !takes_paths(node)) continue;
      if (!row_document) row_document = plan.document_of(r);
      add(node, document);
      add(node, *row_document);
    }
  }
  return out;
}

/// Calls `change` with each value that a matrix has for a path (of an axis, a case, or a row of exclude and add).
void for_each_setting(Value& matrix, const std::function<void(const Path&, Value&)>& change) {
  for (Value& item : matrix.items) for_each_setting(item, change);
  for (Entry& entry : matrix.entries) {
    config::Diagnostics ignored;
    const auto path = config::parse_path(entry.key, {}, ignored);
    if (path && path->segments.size() > 1) change(config::expand_short(*path), entry.value);
    for_each_setting(entry.value, change);
  }
}

void make_plugins_whole(Value& document) {
  if (Value* plugins = document.find("plugins")) make_whole(*plugins, {});
}

/// The document of one row, with defaults.
Value with_defaults(const Plan& plan, std::size_t row) {
  Value out = plan.document_of(row);
  for (const GraphNode& node : plan.rows[row].graph.nodes) {
    Value* written = out.find("nodes")->find(node.name);
    if (written == nullptr || !node.parameters || node.parameters->count() == 0) continue;
    Value with = node.parameters->to_yaml();
    const Value* given = written->find("with");
    for (const Entry& entry : given != nullptr ? given->entries : std::vector<Entry>{}) {
      const shoal_param* param = find_path_parameter(node, entry.key);
      if (param == nullptr) continue;
      Value whole = entry.value;
      make_whole(whole, folder_of_node(node));
      with.set(param->name, std::move(whole));
    }
    written->set("with", std::move(with));
  }
  make_plugins_whole(out);
  config::escape_references(out);
  return out;
}

}  // namespace

Value resolved_row(const Plan& plan, std::size_t row) { return with_defaults(plan, row); }

Value resolved(const Plan& plan) {
  const bool one = plan.rows.size() == 1;
  Value out = one ? with_defaults(plan, 0) : plan.document;
  const std::map<std::string, fs::path> paths = path_parameters(plan, plan.document);
  if (!one) {
    make_plugins_whole(out);
    for (const auto& [written, folder] : paths) {
      config::Diagnostics ignored;
      Value* value = config::find(out, *config::parse_path(written, {}, ignored));
      if (value != nullptr) make_whole(*value, folder);
    }
    Value rest = out;
    rest.erase("vars");
    if (!config::has_references(rest)) out.erase("vars");
  }
  if (const Value* matrix = plan.document.find("matrix")) {
    Value& kept = out.set("matrix", *matrix);
    const Value first = plan.document_of(0);
    for_each_setting(kept, [&](const Path& path, Value& value) {
      if (one && config::has_references(value)) {  // it hung on another axis, which has one value now
        const Value* now = config::find(first, path);
        if (now != nullptr) value = value.is_list() ? Value::make_list({*now}) : *now;
        config::escape_references(value);
      }
      if (const auto found = paths.find(config::to_string(path)); found != paths.end())
        make_whole(value, found->second);
    });
  }
  return out;
}

}  // namespace shoal::host
