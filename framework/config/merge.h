#ifndef SHOAL_FRAMEWORK_CONFIG_MERGE_H_
#define SHOAL_FRAMEWORK_CONFIG_MERGE_H_

#include "framework/config/diagnostics.h"
#include "framework/config/path.h"
#include "framework/config/value.h"

namespace shoal::config {

/// Lays `above` over `below`: maps are merged key by key, anything else replaces what was there. At a key of a map
///     !delete             takes away what is below; C213 if nothing is
///     !replace            takes the value as it is, nothing of the map below stays
///     !append, !prepend   puts the value, or the items of the list, behind or before those of the list below; C212 if
///                         there is no list
/// A map over a list or a single value, or the reverse, is C203 (null may replace, and be replaced by, anything). Where
/// a node's `use` changes, what lies below of its `with` and `library` goes: it was another component's. Tags elsewhere
/// (in lists, at the top) are Y113. `at` is the path of both in their file. No tag is left in the result, but in nodes
/// with `like:`, where resolve_like obeys them.
void lay_over(Value& below, Value above, const Path& at, Diagnostics& diagnostics);

/// `value` as a layer with nothing below it.
void settle_tags(Value& value, const Path& at, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_MERGE_H_
