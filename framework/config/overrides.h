#ifndef SHOAL_FRAMEWORK_CONFIG_OVERRIDES_H_
#define SHOAL_FRAMEWORK_CONFIG_OVERRIDES_H_

#include <memory>
#include <optional>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/path.h"
#include "framework/config/source.h"
#include "framework/config/value.h"

namespace shoal::config {

/// One argument of the command line that changes the experiment: path=value, path+=value or ~path.
struct Override {
  enum class Kind { set, append, remove };

  Kind kind = Kind::set;
  Path written;  ///< as typed: kmeans.k
  Path path;     ///< in full: nodes.kmeans.with.k
  Value value;   ///< plain text is kept verbatim (name=a=b # c), lists, maps and quoted text are read as YAML flow
};

/// Reads every line of Source::command_line. C209 no operator in it; C210 the path is malformed; Y1xx the value is.
/// What can be read comes back, in order.
std::vector<Override> parse_overrides(const std::shared_ptr<const Source>& command_line, Diagnostics& diagnostics);

/// Changes `document`. C210 the path starts with no node and no top-level key (with the nearest name), C211 no such list
/// index, C212 += on no list, C213 ~ and nothing there. `+=` with a list appends its items. False after an error.
bool apply_override(Value& document, const Override& change, Diagnostics& diagnostics);

/// All of them, left to right.
bool apply_overrides(Value& document, const std::vector<Override>& changes, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_OVERRIDES_H_
