#ifndef SHOAL_FRAMEWORK_GRAPH_READ_PARTS_H_
#define SHOAL_FRAMEWORK_GRAPH_READ_PARTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"
#include "framework/graph/experiment.h"

namespace shoal::host {

// What the readers of an experiment's sections have in common.

/// [a-z][a-z0-9_-]*
bool is_name(std::string_view name);

/// K201: `entry` stands `where`, which has these keys alone.
void unknown_key(const config::Entry& entry, const std::string& where, const std::vector<std::string>& known,
                 config::Diagnostics& diagnostics);

/// Says K205 unless `value` is a map.
bool require_map(const config::Value& value, const std::string& what, config::Diagnostics& diagnostics,
                 const std::string& help = "");

/// "node" or "node.output"; K205 where it is neither.
std::optional<OutputName> read_output_name(const config::Value& value, const std::string& what,
                                           config::Diagnostics& diagnostics);

/// Seconds; K206 unless more than 0.
std::optional<double> read_timeout(const config::Value& value, config::Diagnostics& diagnostics);

/// `run:` and `compare:`, each a map.
RunSection read_run_section(const config::Value& value, config::Diagnostics& diagnostics);
CompareSection read_compare_section(const config::Value& value, config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_READ_PARTS_H_
