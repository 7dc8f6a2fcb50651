#ifndef SHOAL_FRAMEWORK_CONFIG_LAYERS_H_
#define SHOAL_FRAMEWORK_CONFIG_LAYERS_H_

#include <optional>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"

namespace shoal::config {

/// Reads `file` with what it is based on, and lays each of `overlays`, with what those are based on, over it.
///
/// `base:` is a path or a list of paths, each relative to the file that says it; left to right, then the file itself:
/// what is later wins (merge.h). A file may be the base of several. `like:` is resolved at the end, so that a node may
/// copy one of a base.
/// C201 there is no such base, with where it was looked for; C202 bases that lead back to a file, or more than 16 deep;
/// and what reading and merging find, of all files in one go. Nothing comes back where a file could not be read.
std::optional<Value> load_layers(const std::string& file, const std::vector<std::string>& overlays,
                                 Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_LAYERS_H_
