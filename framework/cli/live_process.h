#ifndef SHOAL_FRAMEWORK_CLI_LIVE_PROCESS_H_
#define SHOAL_FRAMEWORK_CLI_LIVE_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace shoal::cli {

/// `shoal run --live`: shoal-watch in a process of its own, that serves the run's folder while the run goes on. It has
/// its own memory and threads, at a lower priority than the run's, so that the run's numbers are what they would be
/// without it. It ends with this object, or with this process, however that ends: at once where no page is open, else
/// when those that are have the report, ten seconds later at most.
class LiveProcess {
 public:
  /// Listens, before anything is computed. `where`: "8123", "0" for a port that is free, or with the address to listen
  /// at, "0.0.0.0:8123", "[::1]:8123"; without one it is 127.0.0.1. Throws InputError where that is nothing of the
  /// kind, or cannot be listened at, and why.
  explicit LiveProcess(const std::string& where);
  ~LiveProcess();
  LiveProcess(const LiveProcess&) = delete;
  LiveProcess& operator=(const LiveProcess&) = delete;

  /// "http://127.0.0.1:8123/"
  const std::string& address() const { return address_; }

  /// Begins to answer, for this run folder with its plan.
  void serve(const std::filesystem::path& folder) const;

 private:
  int socket_ = -1;  // to the process: it says where it listens, and is told the folder; closed, the run has ended
  pid_t process_ = 0;
  std::string address_;
};

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_LIVE_PROCESS_H_
