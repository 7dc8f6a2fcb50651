#ifndef SHOAL_FRAMEWORK_PLUGIN_TIMED_OBJECT_H_
#define SHOAL_FRAMEWORK_PLUGIN_TIMED_OBJECT_H_

#include "framework/plugin/profile.h"
#include "shoal/abi.h"

namespace shoal::host {

/// A component of a portable kind in front of another, which it calls and times: every function of every interface, so
/// that nothing passes the border unseen. What it answers is what the other answers.
///
/// Threads  as of the component behind it
class TimedObject {
 public:
  /// Both outlive this.
  TimedObject(const shoal_object& timed, Profile& profile);
  TimedObject(const TimedObject&) = delete;
  TimedObject& operator=(const TimedObject&) = delete;

  /// Whether an object is of a kind that can be timed so: a component of the torch tier is a C++ object and goes by
  /// itself through the table, see timed_module.h.
  static bool can_time(const shoal_object& object);

  const shoal_object& object() const { return object_; }

  struct Self {
    const shoal_component* component;
    void* self;
    Profile* profile;
  };

 private:
  Self self_;
  shoal_component component_;
  shoal_object object_;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_TIMED_OBJECT_H_
