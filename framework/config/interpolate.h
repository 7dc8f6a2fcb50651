#ifndef SHOAL_FRAMEWORK_CONFIG_INTERPOLATE_H_
#define SHOAL_FRAMEWORK_CONFIG_INTERPOLATE_H_

#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/path.h"
#include "framework/config/value.h"

namespace shoal::config {

/// What references may name, beside the document itself.
struct References {
  std::string data_folder;    ///< `${data}`
  std::vector<Path> pending;  ///< in full: not known yet, so a scalar that hangs on one of them keeps its references
};

/// A document, and what is left to be said of it.
struct Interpolated {
  Value document;
  std::vector<Place> failed;  ///< scalars with an error: what else is wrong with them follows from that
};

/// Replaces the references in the scalars of `document`; keys have none.
///     ${path}              a value of the document, in the grammar of path.h; its own references are followed
///     ${env:NAME}          a variable of the environment; ${env:NAME:-text} is `text` where it is not set or empty
///     ${here}              the folder of the file that says it, from the root; on the command line the current one
///     ${data}              the folder of the data, from the root
///     $${                  is ${, no reference
/// Alone in a scalar, quoted or not, a reference carries the value with its place, be it a map; inside text it is text.
/// C204 no such value (with the nearest name), C205 references that lead back, C206 malformed, C207 a variable of the
/// environment that is not set, C208 a map, a list or nothing inside text, Y109 references that expand to too much.
Interpolated interpolate(const Value& document, const References& references, Diagnostics& diagnostics);

/// Whether any scalar of it holds `${`.
bool has_references(const Value& value);

/// Writes `$${` for every `${`, so that interpolating gives the value as it is.
void escape_references(Value& value);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_INTERPOLATE_H_
