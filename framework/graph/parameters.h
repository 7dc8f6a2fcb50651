#ifndef SHOAL_FRAMEWORK_GRAPH_PARAMETERS_H_
#define SHOAL_FRAMEWORK_GRAPH_PARAMETERS_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/config/value.h"
#include "framework/plugin/digest.h"
#include "shoal/abi.h"

namespace shoal::host {

/// The other nodes of an experiment and their components, where a parameter may have been meant for one of them.
using Neighbours = std::vector<std::pair<std::string, const shoal_component*>>;

/// All parameters of a component, checked and in the order of their declaration, as `create` wants them.
class Parameters {
 public:
  const shoal_value* values() const { return values_.data(); }
  const shoal_param* const* declared() const { return declared_; }
  std::size_t count() const { return values_.size(); }

  /// The value of `name` as an integer, where there is such a parameter.
  std::optional<std::int64_t> find_integer(std::string_view name) const;

  /// Adds what changes the result: all but `speed_only`.
  void add_to(Digest& digest) const;

  /// The same in clear, for the key of a kept result: ("k", "10"), one a parameter. Reals are exact, maps sorted, and a
  /// path to a file stands by the file's contents. Throws std::runtime_error where such a file cannot be read.
  std::vector<std::pair<std::string, std::string>> result_parts() const;

  /// As YAML, defaults included.
  config::Value to_yaml() const;

 private:
  friend std::shared_ptr<const Parameters> check_parameters(const shoal_component&, const config::Value*,
                                                            const config::Place&, const std::string&,
                                                            config::Diagnostics&, const Neighbours&);
  friend class ParameterReader;
  const shoal_param* const* declared_ = nullptr;
  std::vector<shoal_value> values_;
  std::deque<std::string> texts_;  // what values_ point to
  std::deque<std::vector<shoal_value>> lists_;
  std::deque<std::vector<shoal_entry>> maps_;
};

/// Checks a node's `with` (may be null) against what `component` declares: unknown names (K203, with the nearest
/// and a neighbour that has it), missing ones (K204), types (K205…), ranges (K206), choices (K207), files of datasets
/// that are not there (P406). `place` is the node's, `base` the folder that relative paths start from where no file and
/// no command line says them (relative_path.h). Null after errors.
std::shared_ptr<const Parameters> check_parameters(const shoal_component& component, const config::Value* with,
                                                   const config::Place& place, const std::string& base,
                                                   config::Diagnostics& diagnostics, const Neighbours& neighbours = {});

/// Whether the component has a parameter that is, or was, called so.
bool has_parameter(const shoal_component& component, std::string_view name);

/// "k ≥ 1 (default 8)": a parameter's range and default in one line, for help and `shoal plugins show`.
std::string describe_range(const shoal_param& param);
/// "integer", "list of integers", "one of a, b".
std::string describe_type(const shoal_param& param);
/// A value as one line of YAML.
std::string describe_value(const shoal_value& value);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_PARAMETERS_H_
