#include "framework/plugin/scan.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "framework/plugin/hear_lines.h"
#include "framework/plugin/last_words.h"
#include "framework/plugin/patience.h"
#include "framework/plugin/scan_protocol.h"
#include "shoal/error.h"

extern char** environ;

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStartsProcess = "it starts another process while it is loaded, which no plugin may";

/// What one process of shoal-scan said of the files it was given, in their order.
struct Account {
  std::vector<ScanVerdict> verdicts = {};  ///< of those that were opened or refused
  std::optional<std::string> death = {};   ///< how it died, where it did
  bool at_end = false;                     ///< when all were open and the process ended
  std::vector<std::string> warnings = {};  ///< of the file being opened

  void hear(const std::string& line);
};

[[noreturn]] void cannot_start(const fs::path& program, int error) {
  throw std::system_error(error, std::generic_category(), text("{} cannot be started", program.string()));
}

/// Starts `program` on `files` in a process group of its own, and gives the end of its pipe.
pid_t start(const fs::path& program, const std::vector<fs::path>& files, int& listen) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) cannot_start(program, errno);
  const int output = memfd_create("shoal-scan output", MFD_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output >= 0 ? output : 2, 1);
  posix_spawn_file_actions_adddup2(&actions, output >= 0 ? output : 2, 2);
  posix_spawn_file_actions_adddup2(&actions, ends[1], scan::kPipe);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments = {const_cast<char*>(program.c_str())};
  for (const fs::path& file : files) arguments.push_back(const_cast<char*>(file.c_str()));
  arguments.push_back(nullptr);
  pid_t process = 0;
  const int error = posix_spawn(&process, program.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (output >= 0) close(output);
  if (error != 0) {
    close(ends[0]);
    cannot_start(program, error);
  }
  listen = ends[0];
  return process;
}

/// How a process died that was opening a library.
std::string describe_death_at_load(const std::string& line) {
  const std::string signal = line.substr(0, line.find('\t'));
  if (signal == "SYS") return kStartsProcess;
  if (signal == "XFSZ") return text("it writes more than {} bytes while it is loaded", scan::kOutput);
  return text("died while loading ({})", describe_death(line));
}

void Account::hear(const std::string& line) {
  const std::string rest = line.substr(std::min<std::size_t>(1, line.size()));
  switch (line.empty() ? '\0' : line[0]) {
    case scan::kWarning: warnings.push_back(rest); break;
    case scan::kGood: verdicts.push_back({std::nullopt, std::exchange(warnings, {}), true}); break;
    case scan::kRefused: verdicts.push_back({rest, std::exchange(warnings, {}), false}); break;
    case scan::kEnd: at_end = true; break;
    case LastWords::kDied: death = describe_death_at_load(rest); break;
    case LastWords::kThrew: death = text("died while loading: {}, thrown by a static constructor", rest); break;
    default: break;
  }
}

/// Hears all that the process says; what is wrong where one file took too long.
std::optional<std::string> hear_all(pid_t process, int pipe, std::chrono::seconds patience, Account& account) {
  Patience left(process, patience);
  std::optional<std::string> over;
  const auto may_go_on = [&] { return !(over = left.over()); };
  hear_lines(pipe, may_go_on, [&](const std::string& line) {
    if (line.starts_with(scan::kBegin)) left.begin();
    account.hear(line);
    return true;
  });
  return over ? std::optional(text("still loading {}, stopped", *over)) : std::nullopt;
}

Account listen_to(pid_t process, int pipe, std::chrono::seconds patience) {
  Account account;
  const std::optional<std::string> hung = hear_all(process, pipe, patience, account);
  kill(-process, SIGKILL);  // and what it may have started; a process that has ended hears nothing
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (account.at_end) {
    if (hung) account.death = "the process that opened it does not end";
    else if (!well) account.death = "the process that opened it dies when it ends";
  } else if (hung) {
    account.death = hung;
  } else if (!account.death) {
    account.death = WIFEXITED(status) ? text("it ends the process while it is loaded, by exit({})", WEXITSTATUS(status))
                                      : describe_death_at_load(sigabbrev_np(WTERMSIG(status)));
  }
  return account;
}

}  // namespace

Scan::Scan(fs::path program, fs::path cache, std::chrono::seconds patience)
    : program_(std::move(program)), cache_(std::move(cache), program_), patience_(patience) {}

std::vector<ScanVerdict> Scan::judge(const std::vector<fs::path>& files) {
  std::map<fs::path, ScanVerdict> found;
  std::vector<fs::path> unknown;
  for (const fs::path& file : files) {
    if (auto known = cache_.find(file)) found[file] = std::move(*known);
    else if (std::find(unknown.begin(), unknown.end(), file) == unknown.end()) unknown.push_back(file);
  }
  if (!unknown.empty()) {
    try_all(unknown, found);
    for (const fs::path& file : unknown) cache_.put(file, found.at(file));
    cache_.save();
  }
  std::vector<ScanVerdict> out;
  for (const fs::path& file : files) out.push_back(found.at(file));
  return out;
}

void Scan::forget() { cache_.forget(); }

void Scan::try_all(std::vector<fs::path> files, std::map<fs::path, ScanVerdict>& found) {
  const auto run = [&](const std::vector<fs::path>& which) {
    int pipe = -1;
    const pid_t process = start(program_, which, pipe);
    Account account = listen_to(process, pipe, patience_);
    close(pipe);
    return account;
  };
  while (!files.empty()) {
    const Account together = run(files);
    const std::size_t survived = std::min(together.verdicts.size(), files.size());
    for (std::size_t i = 0; i < survived; ++i) found[files[i]] = together.verdicts[i];
    if (!together.death) return;
    if (together.at_end || survived == files.size()) {  // all open well; who dies at the end is found one by one
      for (const fs::path& file : files) {
        if (found[file].reason) continue;
        if (const Account alone = run({file}); alone.death) found[file] = {*alone.death, {}, true};
      }
      return;
    }
    const fs::path culprit = files[survived];
    Account alone = survived == 0 ? together : run({culprit});
    if (alone.death && !alone.at_end) {
      found[culprit] = {*alone.death, {}, true};
    } else {
      std::string others;
      for (std::size_t i = 0; i < survived; ++i) others += (i > 0 ? ", " : "") + files[i].filename().string();
      found[culprit] = {text("{}, behind {}; alone it loads", *together.death, others), {}, false};
    }
    files.erase(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(survived) + 1);
  }
}

}  // namespace shoal::host
