#include "framework/plugin/hear_lines.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace shoal::host {

bool hear_lines(int pipe, const std::function<bool()>& may_go_on, const std::function<bool(const std::string&)>& hear) {
  constexpr int kAskEvery = 200;  // milliseconds
  std::string pending;
  for (;;) {
    if (!may_go_on()) return false;
    pollfd waiting = {pipe, POLLIN, 0};
    const int ready = poll(&waiting, 1, kAskEvery);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    char buffer[4096];
    const ssize_t count = ready < 0 ? 0 : read(pipe, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    pending.append(buffer, static_cast<std::size_t>(count));
    for (std::size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1))
      if (!hear(pending.substr(0, end))) return true;
  }
}

}  // namespace shoal::host
