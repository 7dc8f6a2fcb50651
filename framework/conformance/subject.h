#ifndef SHOAL_FRAMEWORK_CONFORMANCE_SUBJECT_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_SUBJECT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/conformance/case.h"
#include "framework/conformance/watch.h"
#include "framework/graph/parameters.h"
#include "framework/plugin/registry.h"
#include "shoal/testing.h"

namespace shoal::host::conformance {

/// Parameters by name, each as a line of YAML.
using Given = std::map<std::string, std::string>;

/// The component that is tried, and with what.
struct Subject {
  ComponentEntry entry;
  Given given = {};  ///< for parameters without a default, and what the user asked for
  std::uint64_t seed = 0;
  Level level = Level::kQuick;
  std::vector<std::string> data_folders = {};

  const shoal_component& component() const { return *entry.component; }
  bool has_trait(std::string_view trait) const { return entry.has_trait(trait); }
  bool offers(const char* interface_id) const { return component().find(interface_id) != nullptr; }
  const shoal_param* find_parameter(std::string_view name) const;
  /// `given` beside those of the subject; an integer that there is.
  std::optional<std::int64_t> integer(std::string_view name) const;
};

/// Values for the parameters of `component` that have no default, by their ranges: the least integer, the first choice.
/// Throws Skipped where there is one that no rule fills: the path of a file, a text.
Given fill_required(const shoal_component& component, const Given& given);

/// The parameters, checked as for an experiment. Throws InputError with what is wrong with them.
std::shared_ptr<const Parameters> check_given(const shoal_component& component, const Given& given);

struct TrialOptions {
  int threads = 1;
  Given given = {};                ///< over those of the subject
  std::uint64_t another_seed = 0;  ///< added to the subject's
  bool guarded = false;            ///< arrays that it allocates, see Watch
};

/// One object of the component, in a host of its own that watches it.
class Trial {
 public:
  /// Makes it, and binds what it is made over (made-up datasets). Throws what create throws.
  explicit Trial(const Subject& subject, TrialOptions options = {});
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  const Subject& subject() const { return subject_; }
  testing::Host& host() { return host_; }
  Context& context() { return host_.context(); }
  Watch& watch() { return watch_; }
  Object object() const { return Object(instance_->object()); }

  /// Destroys the object. The arrays that are alive then have leaked.
  int arrays_left_when_destroyed();

 private:
  const Subject& subject_;
  testing::Host host_;
  Watch watch_;
  std::shared_ptr<const Parameters> parameters_;
  std::unique_ptr<Instance> instance_;
};

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_SUBJECT_H_
