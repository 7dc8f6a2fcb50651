#ifndef SHOAL_FRAMEWORK_PLUGIN_PROCESS_STATE_H_
#define SHOAL_FRAMEWORK_PLUGIN_PROCESS_STATE_H_

#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace shoal::host {

/// What of a process every component depends on and none may change, least of all by being loaded: how the processor
/// rounds, the locale, the current folder, the environment, the signal handlers.
class ProcessState {
 public:
  ProcessState();  ///< as it is now, on this thread

  /// One difference to `later`. `fatal`: it would change every result, so that whoever made it is not loaded; all
  /// others are put back.
  struct Change {
    std::string what;  ///< "the locale, from C to de_DE.UTF-8"
    bool fatal = false;
  };
  std::vector<Change> changes(const ProcessState& later) const;

  /// Puts back what differs. Throws nothing: what cannot be put back stays.
  void restore() const;

 private:
  unsigned rounding_;  // flush-to-zero, denormals-are-zero, rounding mode
  std::string locale_;
  std::filesystem::path folder_;
  std::map<std::string, std::string> environment_;
  std::vector<struct sigaction> signals_;  // [i] is of signal i + 1
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_PROCESS_STATE_H_
