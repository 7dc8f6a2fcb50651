#ifndef SHOAL_FRAMEWORK_CONFIG_OVERRIDES_H_
#define SHOAL_FRAMEWORK_CONFIG_OVERRIDES_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  Value value;   ///< plain text is kept verbatim (name=a=b # c), lists, maps and quoted text are read as YAML flow,
                 ///< @values.yaml is what that file says
};

/// Reads the first `lines` lines of Source::command_line. C209 no operator in it; C210 the path is malformed; Y1xx the
/// value is, or the file of `path=@file.yaml`, which is named relative to the current folder. What can be read comes
/// back, in order.
std::vector<Override> parse_overrides(const std::shared_ptr<const Source>& command_line, Diagnostics& diagnostics,
                                      std::size_t lines = std::string::npos);

/// Reads a line of Source::command_line that gives an axis of the matrix: kmeans.k=10,100 (values, as in an override),
/// kmeans.k=1..10 (whole numbers) or lr=log(1e-4,1e-1,4) (so many, evenly spaced in the logarithm). The change is of
/// `matrix.'kmeans.k'`. C209 no `=`; C210, Y1xx as above; M502 a value is missing, or log(…) has not three.
std::optional<Override> parse_axis(const std::shared_ptr<const Source>& command_line, std::size_t line,
                                   Diagnostics& diagnostics);

/// The value that `text` says on the command line, see Override::value; nothing after an error.
std::optional<Value> read_argument(std::string_view text, const Place& place, Diagnostics& diagnostics);

/// The place of `length` bytes from byte `begin` of a line.
Place place_in(const std::shared_ptr<const Source>& source, std::size_t line, std::size_t begin, std::size_t length);

/// The first `=` that is not inside '…' (a path may quote one), or npos.
std::size_t find_operator(std::string_view argument);

/// Changes `document`. C210 the path starts with no node and no top-level key (with the nearest name), C211 no such
/// list index, C212 += on no list, C213 ~ and nothing there. `+=` with a list appends its items. False after an error.
bool apply_override(Value& document, const Override& change, Diagnostics& diagnostics);

/// All of them, left to right.
bool apply_overrides(Value& document, const std::vector<Override>& changes, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_OVERRIDES_H_
