#ifndef SHOAL_FRAMEWORK_PLUGIN_PATIENCE_H_
#define SHOAL_FRAMEWORK_PLUGIN_PATIENCE_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace shoal::host {

/// How long another process may take for one thing: so many seconds of the processor's time, or kWaits times that by
/// the clock, since on a busy machine what is good takes its time, too.
class Patience {
 public:
  static constexpr int kWaits = 6;

  Patience(pid_t process, std::chrono::seconds patience) : process_(process), patience_(patience) { begin(); }

  /// It begins another thing.
  void begin();

  /// "after 10 s of the processor's time", "after 60 s"; nothing as long as it may go on.
  std::optional<std::string> over() const;

 private:
  using Clock = std::chrono::steady_clock;

  pid_t process_;
  std::chrono::seconds patience_;
  Clock::time_point begun_;
  std::chrono::duration<double> had_{};
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_PATIENCE_H_
