#include "framework/cli/jobs.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>

extern char** environ;

namespace shoal::cli {
namespace {

sigset_t checkpoint_signal() {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGUSR1);
  return out;
}

}  // namespace

Jobs::Jobs(std::int64_t count, const std::vector<std::string>& command) {
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
  for (std::int64_t i = 0; i < count && error == 0; ++i) {
    pid_t child = 0;
    error = posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
    if (error == 0) children_.push_back(child);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start a further process (--jobs)");
}

Jobs::~Jobs() {
  for (const pid_t child : children_) kill(child, SIGTERM);
  for (const pid_t child : children_) waitpid(child, nullptr, 0);
}

void Jobs::pass_on(int signal) const noexcept {
  for (const pid_t child : children_) kill(child, signal);
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
