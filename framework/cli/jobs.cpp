#include "framework/cli/jobs.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

extern char** environ;

namespace shoal::cli {
namespace {

sigset_t checkpoint_signal() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGUSR1);
  return out;
}

/// 0 is nobody, where kill(2) would take all of the group.
void send(pid_t process, int signal) noexcept {
  if (process != 0) kill(process, signal);
}

/// Waits for its end where it is there still; with `options` of waitpid(2), whether it has ended.
bool has_ended(std::atomic<pid_t>& process, int options) {
  if (process == 0) return true;
  if (waitpid(process, nullptr, options) == 0) return false;
  process = 0;
  return true;
}

}  // namespace

Jobs::Jobs(std::int64_t count, const std::vector<std::string>& command) : children_(static_cast<std::size_t>(count)) {
  std::vector<std::string> words(command.begin(), command.end());
  words.insert(words.end(), {"--job", std::to_string(getpid())});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;  // what they have to say, this process says itself
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;  // they hear SIGUSR1 when they listen to it
  posix_spawnattr_init(&attributes);
  const sigset_t blocked = checkpoint_signal();
  posix_spawnattr_setsigmask(&attributes, &blocked);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  int error = 0;
  for (std::atomic<pid_t>& child : children_) {
    pid_t started = 0;
    error = posix_spawn(&started, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
    if (error != 0) break;
    child = started;
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return;
  end_all();
  throw std::system_error(error, std::generic_category(), "cannot start a further process (--jobs)");
}

Jobs::~Jobs() { end_all(); }

void Jobs::end_all() {
  pass_on(SIGTERM);
  for (std::atomic<pid_t>& child : children_) has_ended(child, 0);
}

void Jobs::pass_on(int signal) const noexcept {
  for (const std::atomic<pid_t>& child : children_) send(child, signal);
}

std::size_t Jobs::running() {
  std::size_t out = 0;
  for (std::atomic<pid_t>& child : children_) out += has_ended(child, WNOHANG) ? 0 : 1;
  return out;
}

bool Jobs::end_last() {
  const auto last = std::find_if(children_.rbegin(), children_.rend(),
                                 [](std::atomic<pid_t>& child) { return !has_ended(child, WNOHANG); });
  if (last == children_.rend()) return false;
  send(*last, SIGTERM);
  for (int i = 0; i < 200 && !has_ended(*last, WNOHANG); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  send(*last, SIGKILL);
  has_ended(*last, 0);
  return true;
}

void listen_to_checkpoint_signal() {
  const sigset_t signal = checkpoint_signal();
  pthread_sigmask(SIG_UNBLOCK, &signal, nullptr);
}

void end_with(std::int64_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) raise(SIGTERM);
}

}  // namespace shoal::cli
