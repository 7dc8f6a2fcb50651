#include "framework/cli/live_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <vector>

#include "framework/plugin/places.h"
#include "shoal/error.h"

extern char** environ;

namespace shoal::cli {
namespace {

struct Where {
  std::string host = "127.0.0.1", port = {};
};

/// "8123", "0.0.0.0:8123", "[::1]:8123".
Where where_of(const std::string& written) {
  Where out;
  const std::size_t colon = written.rfind(':');
  out.port = colon == std::string::npos ? written : written.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(out.port.data(), out.port.data() + out.port.size(), number);
  require(error == std::errc() && end == out.port.data() + out.port.size(),
          "--live takes a port from 0 to 65535, or ADDRESS:PORT, but is '{}'", written);
  if (colon == std::string::npos) return out;
  out.host = written.substr(0, colon);
  const bool brackets = out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']';
  if (brackets) out.host = out.host.substr(1, out.host.size() - 2);
  require(!out.host.empty() && (brackets || out.host.find(':') == std::string::npos),
          "--live takes ADDRESS:PORT, an IPv6 address in brackets, but is '{}'", written);
  return out;
}

/// Starts shoal-watch, whose descriptor 3 is `its_end`.
pid_t start(const Where& where, int its_end) {
  std::string program = host::program_folder() / "shoal-watch";
  std::vector<std::string> words = {program, "--for-run", "3", "--host", where.host, "--port", where.port};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;  // what it has to say it says by its socket
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, its_end, 3);
  pid_t process = 0;
  const int error = posix_spawn(&process, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  require(error == 0, "cannot start {}: {}", program, std::generic_category().message(error));
  return process;
}

/// One line, without its end; what came where the other side has ended before.
std::string read_line(int socket) {
  std::string out;
  char c = 0;
  for (ssize_t n = 0; (n = read(socket, &c, 1)) != 0 && c != '\n';) {
    if (n > 0) out += c;
    else if (errno != EINTR) break;
  }
  return out;
}

}  // namespace

LiveProcess::LiveProcess(const std::string& where) {
  const Where asked = where_of(where);
  int ends[2];
  require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "cannot make a socket: {}",
          std::generic_category().message(errno));
  socket_ = ends[0];
  try {
    process_ = start(asked, ends[1]);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
  address_ = read_line(socket_);
  if (address_.starts_with("http://")) return;
  const std::string why = address_.empty() ? "shoal-watch ended before it listened" : address_;
  close(socket_);
  waitpid(process_, nullptr, 0);
  throw InputError("--live: " + why);
}

LiveProcess::~LiveProcess() {
  close(socket_);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void LiveProcess::serve(const std::filesystem::path& folder) const {
  const std::string line = std::filesystem::absolute(folder).string() + "\n";
  // One that has died meanwhile serves nothing, which a browser sees; the run goes on.
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t n = send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EINTR) return;
    if (n > 0) sent += static_cast<std::size_t>(n);
  }
}

}  // namespace shoal::cli
