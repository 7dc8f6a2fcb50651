#ifndef SHOAL_FRAMEWORK_USE_RESTORED_H_
#define SHOAL_FRAMEWORK_USE_RESTORED_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/run/value.h"
#include "framework/run/work.h"
#include "framework/use/finished_run.h"

namespace shoal::host {

/// What a run trained and fitted, from its artifacts; and its nodes that only apply such things, at work on other
/// examples.
class Restored {
 public:
  /// `run` and `services` must outlive it. `listener` may be null.
  Restored(const FinishedRun& run, Services& services, Listener* listener)
      : run_(run), services_(services), listener_(listener) {}

  const FinishedRun& run() const { return run_; }
  Services& services() const { return services_; }
  Listener* listener() const { return listener_; }

  /// A component that a node declares, or made. Throws InputError  its artifact is not there or damaged: what is
  /// missing
  std::shared_ptr<const Made> component(const Source& source) const;

  /// What an output would hold had `examples` been wired instead of whatever dataset is above it. Transforms are not
  /// fitted again, and nothing is trained.
  /// Throws InputError  a node above it needs more than the examples, or its artifact is missing
  RunValue on(const std::shared_ptr<const Made>& examples, const Source& source) const;

  /// The dataset above an output, which `on` replaces. Throws InputError as it does.
  std::size_t dataset_above(const Source& source) const;
  /// That of a trainer: the first that is wired to it. Throws InputError where there is none.
  std::size_t dataset_of_trainer(std::size_t node) const;

  /// An array among the artifacts; absent where the node gave none. Throws InputError where it is damaged.
  std::optional<Array> array(std::size_t node, const std::string& output) const;

 private:
  std::shared_ptr<const Made> declared(std::size_t node) const;
  std::shared_ptr<const Made> fitted(std::size_t node, const std::string& output) const;
  std::shared_ptr<const Made> trained(std::size_t node, const std::string& output) const;
  std::vector<RunValue> work(std::size_t node, std::vector<std::vector<RunValue>> inputs,
                             std::shared_ptr<const Made> made) const;

  const FinishedRun& run_;
  Services& services_;
  Listener* listener_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_USE_RESTORED_H_
