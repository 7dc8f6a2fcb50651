#ifndef SHOAL_FRAMEWORK_CONFIG_LIKE_H_
#define SHOAL_FRAMEWORK_CONFIG_LIKE_H_

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"

namespace shoal::config {

/// Makes each node with `like: other` a copy of that node, with what it says itself laid over the copy (merge.h); no
/// `like` is left. G301 there is no such node (with the nearest name), G309 nodes that are like each other in a circle,
/// K205 the name is no text.
void resolve_like(Value& document, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_LIKE_H_
