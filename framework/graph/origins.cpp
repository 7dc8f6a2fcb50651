#include "framework/graph/origins.h"

#include <algorithm>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/emit.h"
#include "framework/config/path.h"
#include "framework/config/utf8.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Entry;
using config::Path;
using config::Value;

constexpr std::size_t kWidestValue = 48;

std::string origin_of(const config::Place& place) {
  std::string out = place.source ? place.to_string() : "the program";
  for (const config::Note& note : config::read_through(place)) out += ", " + note.text;
  return out;
}

class OriginTable {
 public:
  explicit OriginTable(const PlannedRow& row) : row_(row) {}

  void add(const Value& value, const std::string& origin = "") {
    if (value.is_map() && !value.entries.empty()) {
      for (const Entry& entry : value.entries) {
        path_.segments.push_back({entry.key, std::nullopt});
        add(entry.value);
        path_.segments.pop_back();
      }
      add_defaults(value);
    } else {
      const std::string from = origin.empty() ? origin_of(value.place) : origin;
      lines_.push_back({config::to_string(config::shorten(path_)), config::emit_flow(value), from});
    }
  }

  void add_at(const std::string& key, const Value& value, const std::string& origin) {
    path_.segments.push_back({key, std::nullopt});
    add(value, origin);
    path_.segments.pop_back();
  }

  std::vector<Origin> take() && { return std::move(lines_); }

 private:
  /// Behind what a node says: the parameters that it leaves to its component.
  void add_defaults(const Value& node_value) {
    if (path_.segments.size() != 2 || path_.segments[0].key != "nodes") return;
    const GraphNode& node = row_.graph.node(path_.segments[1].key);
    if (!node.parameters) return;
    const Value* with = node_value.find("with");
    const Value all = node.parameters->to_yaml();
    path_.segments.push_back({"with", std::nullopt});
    for (std::size_t i = 0; i < all.entries.size(); ++i)
      if (!gives(with, *node.parameters->declared()[i]))
        add_at(all.entries[i].key, all.entries[i].value, text("default of {}", node.component.id()));
    path_.segments.pop_back();
  }

  static bool gives(const Value* with, const shoal_param& param) {
    if (with == nullptr) return false;
    bool given = with->find(param.name) != nullptr;
    for (const char* const* old = param.renamed_from; old != nullptr && *old != nullptr; ++old)
      given = given || with->find(*old) != nullptr;
    return given;
  }

  const PlannedRow& row_;
  Path path_;
  std::vector<Origin> lines_;
};

/// A row's seed is made of the file's and of the matrix's.
std::string origin_of_seed(const Plan& plan) {
  const Value* matrix = plan.document.find("matrix");
  const Value* seeds = matrix != nullptr ? matrix->find("seeds") : nullptr;
  if (seeds != nullptr) return seeds->place.source ? origin_of(seeds->place) : "--seeds";
  const Value* seed = plan.document.find("seed");
  return seed != nullptr ? origin_of(seed->place) : "default";
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t used = config::count_code_points(text);
  return text + std::string(2 + (used < width ? width - used : 0), ' ');
}

}  // namespace

std::vector<Origin> origins_of(const Plan& plan, std::size_t row) {
  OriginTable table(plan.rows[row]);
  const Value document = plan.document_of(row);
  for (const Entry& entry : document.entries)
    table.add_at(entry.key, entry.value, entry.key == "seed" ? origin_of_seed(plan) : "");
  return std::move(table).take();
}

std::string origins_as_text(const std::vector<Origin>& origins) {
  std::size_t path = 0, value = 0;
  for (const Origin& origin : origins) {
    path = std::max(path, config::count_code_points(origin.path));
    value = std::max(value, std::min(config::count_code_points(origin.value), kWidestValue));
  }
  std::string out;
  for (const Origin& origin : origins)
    out += padded(origin.path, path) + padded(origin.value, value) + origin.from + "\n";
  return out;
}

}  // namespace shoal::host
