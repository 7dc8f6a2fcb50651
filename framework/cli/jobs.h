#ifndef SHOAL_FRAMEWORK_CLI_JOBS_H_
#define SHOAL_FRAMEWORK_CLI_JOBS_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace shoal::cli {

/// Further processes of this program that run the same experiment and keep what they compute in the store, from which
/// this one takes it: the locks of the store see to it that nothing is computed twice. They end with this object, or
/// with this process, however it ends.
class Jobs {
 public:
  /// `command`: this program's own arguments, the first of which is its name. Throws std::system_error where a process
  /// cannot be started.
  Jobs(std::int64_t count, const std::vector<std::string>& command);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// Sends them a signal. Good in a signal's handler.
  void pass_on(int signal) const noexcept;

  /// How many are at work.
  std::size_t running();
  /// Ends the last of them, by force where it does not end in ten seconds; false where there is none.
  bool end_last();

 private:
  void end_all();

  std::vector<std::atomic<pid_t>> children_;  // 0: has ended
};

/// From now on SIGUSR1 is heard, which a job is started without, as it would end a program that is only beginning.
void listen_to_checkpoint_signal();

/// For a job: from now on the kernel sends it SIGTERM when the process that started it ends; if that has ended already,
/// at once.
void end_with(std::int64_t parent);

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_JOBS_H_
