#ifndef SHOAL_TESTS_RUNNING_H_
#define SHOAL_TESTS_RUNNING_H_

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/program.h"

extern char** environ;

namespace shoal::tests {

/// Calls `visit(PID, its folder in /proc)`.
template <typename Visit>
void for_each_process(const Visit& visit) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos) visit(std::stoi(name), entry.path());
  }
}

/// Empty where the process has ended meanwhile.
inline std::string read_process_file(const std::filesystem::path& file) try {
  return read_file(file);
} catch (const std::ios_base::failure&) {
  return "";
}

/// The command line of a process, by its folder in /proc.
inline std::string command_line(const std::filesystem::path& folder) {
  std::string out = read_process_file(folder / "cmdline");
  std::replace(out.begin(), out.end(), '\0', ' ');
  return out;
}

/// How many processes of the program have these words in their command line.
inline int processes_of(const std::string& words) {
  int count = 0;
  for_each_process([&](pid_t, const std::filesystem::path& folder) {
    const std::string line = command_line(folder);
    count += line.find(words) != std::string::npos && line.starts_with("/") ? 1 : 0;
  });
  return count;
}

/// The program at work, as Workplace::shoal starts it, while the test goes on.
class Running {
 public:
  Running(const Workplace& place, const std::vector<std::string>& arguments, const std::string& log) {
    std::string shell = "/bin/sh", option = "-c",
                command =
                    "cd '" + place.folder().string() + "' && " + place.environment() + " exec '" SHOAL_PROGRAM "'";
    for (const std::string& argument : arguments) command += " " + argument;
    command += " >" + log + " 2>&1 </dev/null";
    char* argv[] = {shell.data(), option.data(), command.data(), nullptr};
    EXPECT_EQ(posix_spawn(&child_, "/bin/sh", nullptr, nullptr, argv, environ), 0);
  }
  void kill_it() const { ::kill(child_, SIGKILL); }
  void send(int signal) const { ::kill(child_, signal); }
  /// The processes that it has started, that are there and have these words in their command line.
  std::vector<pid_t> children(const std::string& words) const {
    std::vector<pid_t> out;
    for_each_process([&](pid_t process, const std::filesystem::path& folder) {
      const std::string stat = read_process_file(folder / "stat");  // PID (NAME) STATE PARENT ...
      const std::size_t name_end = stat.rfind(')');
      if (name_end != std::string::npos && std::stoi(stat.substr(name_end + 4)) == child_ &&
          command_line(folder).find(words) != std::string::npos)
        out.push_back(process);
    });
    return out;
  }
  /// The exit code, or 128 + the signal that ended it.
  int wait() const {
    int status = 0;
    waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t child_ = 0;
};

/// Waits until it is so, two minutes at most: a test waits for what it needs, however slow the machine, not for a time.
template <typename Condition>
bool becomes(const Condition& condition) {
  for (int i = 0; i < 24000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace shoal::tests

#endif  // SHOAL_TESTS_RUNNING_H_
