#ifndef SHOAL_FRAMEWORK_CONFIG_REFERENCE_H_
#define SHOAL_FRAMEWORK_CONFIG_REFERENCE_H_

#include <optional>
#include <string>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/path.h"
#include "framework/config/value.h"

namespace shoal::config {

/// A stretch of a scalar: text, or one reference.
struct Piece {
  enum class Kind { text, path, environment, here, data };

  Kind kind = Kind::text;
  std::string text;                     ///< text: what it means; environment: the name of the variable
  std::optional<std::string> fallback;  ///< environment: what stands behind `:-`
  Path path;                            ///< path: as written
  std::string written;                  ///< with its `${` and `}`
  Place place;                          ///< of that
};

/// Cuts a scalar at its references. C206 for one that is not closed, is empty, nests another or has an unknown prefix.
std::optional<std::vector<Piece>> cut_at_references(const Value& scalar, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_REFERENCE_H_
