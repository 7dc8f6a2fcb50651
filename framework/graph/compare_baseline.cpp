#include "framework/graph/compare_baseline.h"

#include <algorithm>
#include <optional>
#include <string>

#include "framework/config/emit.h"
#include "framework/config/path.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using config::Axis;
using config::Diagnostics;

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// kmeans.k and nodes.kmeans.with.k are one axis.
const Axis* find_axis(const CompareSection::Label& wanted, const config::Matrix& matrix, Diagnostics& diagnostics) {
  Diagnostics ignored;
  const auto written = config::parse_path(wanted.axis, wanted.place, ignored);
  const auto path = written ? std::optional(config::expand_short(*written)) : std::nullopt;
  std::vector<std::string> names;
  for (const Axis& axis : matrix.axes) {
    if (axis.name == wanted.axis || (path && axis.path == path)) return &axis;
    names.push_back(axis.name);
  }
  diagnostics.error("M501", wanted.place,
                    text("the baseline names no axis: '{}'", wanted.axis) + config::did_you_mean(wanted.axis, names),
                    {{names.empty() ? "this experiment has no matrix" : text("axes: {}", join(names)), {}}});
  return nullptr;
}

bool is_of_command_line(const Axis& axis) {
  return axis.fixed || (axis.place.source && axis.place.source->kind() == config::Source::Kind::command_line);
}

}  // namespace

std::vector<config::Setting> baseline_of(const CompareSection& compare, const config::Matrix& matrix,
                                         Diagnostics& diagnostics) {
  std::vector<config::Setting> out;
  bool whole = true;
  for (const CompareSection::Label& wanted : compare.baseline) {
    const Axis* axis = find_axis(wanted, matrix, diagnostics);
    if (axis == nullptr) continue;
    const std::string label =
        axis->path || !wanted.label.is_scalar() ? config::emit_flow(wanted.label) : wanted.label.text;
    std::vector<std::string> labels;
    for (const config::Case& one : axis->cases) labels.push_back(one.label);
    if (std::find(labels.begin(), labels.end(), label) != labels.end()) {
      out.push_back({axis->name, label});
    } else if (is_of_command_line(*axis)) {
      whole = false;
      diagnostics.note("C214", wanted.label.place,
                       text("axis '{}' has no {} now, so that there is not this baseline", axis->name, label),
                       {{"the axis", axis->place}});
    } else {
      diagnostics.error("M502", wanted.label.place,
                        text("axis '{}' has no {}{}", axis->name, label, config::did_you_mean(label, labels)),
                        {{text("it has {}", join(labels)), {}}, {"the axis", axis->place}});
    }
  }
  return whole ? out : std::vector<config::Setting>{};
}

}  // namespace shoal::host
