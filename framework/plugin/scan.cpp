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
#include <iterator>
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
  ScanVerdict good = {};                   ///< of the file being opened, should it open well

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

/// "metric/deed", a tab, "was it loaded?"
ScannedComponent component_of(const std::string& line) {
  const std::size_t tab = std::min(line.find('\t'), line.size());
  return {line.substr(0, tab), line.substr(std::min(tab + 1, line.size()))};
}

void Account::hear(const std::string& line) {
  const std::string rest = line.substr(std::min<std::size_t>(1, line.size()));
  switch (line.empty() ? '\0' : line[0]) {
    case scan::kWarning: good.warnings.push_back(rest); break;
    case scan::kComponent: good.components.push_back(component_of(rest)); break;
    case scan::kGood: verdicts.push_back(std::exchange(good, {})); break;
    case scan::kRefused:
      verdicts.push_back({.reason = rest, .warnings = std::exchange(good, {}).warnings, .lasting = false});
      break;
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

/// The smallest n > 0 for which `dies`, which it does for `most` and, once it does, for all that are larger.
template <typename Dies>
std::size_t fewest(std::size_t most, const Dies& dies) {
  std::size_t well = 0;
  while (most - well > 1) {
    const std::size_t middle = (well + most) / 2;
    (dies(middle) ? most : well) = middle;
  }
  return most;
}

std::vector<fs::path> first(std::size_t count, const std::vector<fs::path>& files) {
  return {files.begin(), files.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// Opens files in processes of `program`.
struct Trial {
  const fs::path& program;
  std::chrono::seconds patience;

  /// All of them in one.
  Account open(const std::vector<fs::path>& files) const {
    int pipe = -1;
    const pid_t process = start(program, files, pipe);
    Account account = listen_to(process, pipe, patience);
    close(pipe);
    return account;
  }

  /// The verdict on `culprit`, which dies like that behind the others.
  ScanVerdict judge_culprit(const std::vector<fs::path>& before, const fs::path& culprit,
                            const std::string& death) const {
    if (const auto alone = before.empty() ? death : open({culprit}).death) return {.reason = alone};
    const std::size_t enough = fewest(before.size(), [&](std::size_t n) {
      std::vector<fs::path> files = first(n, before);
      files.push_back(culprit);
      return open(files).death.has_value();
    });
    const fs::path& other = before[enough - 1];
    return {.reason = text("{}, behind {}; alone it loads", death, other.filename().string()), .beside = other};
  }
};

}  // namespace

Scan::Scan(fs::path program, fs::path cache, std::chrono::seconds patience)
    : program_(std::move(program)), cache_(std::move(cache), program_), patience_(patience) {}

std::vector<ScanVerdict> Scan::judge(const std::vector<fs::path>& files) {
  Verdicts found;
  std::vector<fs::path> unknown;
  for (const fs::path& file : files) {
    if (auto known = cache_.find(file, files)) found[file] = std::move(*known);
    else unknown.push_back(file);
  }
  if (!unknown.empty()) {
    try_and_remember(unknown, found);
    const auto is_good = [&](const fs::path& file) { return !found.at(file).reason; };
    std::vector<fs::path> good;
    std::copy_if(files.begin(), files.end(), std::back_inserter(good), is_good);
    const auto good_and_new = std::count_if(unknown.begin(), unknown.end(), is_good);
    if (good_and_new > 0 && good_and_new < std::ssize(good)) try_and_remember(good, found);
    cache_.save();
  }
  std::vector<ScanVerdict> out;
  for (const fs::path& file : files) out.push_back(found.at(file));
  return out;
}

void Scan::forget() { cache_.forget(); }

void Scan::try_and_remember(std::vector<fs::path> files, Verdicts& found) {
  const Trial trial{program_, patience_};
  const std::vector<fs::path> all = files;
  while (!files.empty()) {
    const Account account = trial.open(files);
    std::size_t before = std::min(account.verdicts.size(), files.size());  // who dies
    for (std::size_t i = 0; i < before; ++i) found[files[i]] = account.verdicts[i];
    if (!account.death) break;
    const auto is_refused = [&](const fs::path& file) { return found.contains(file) && found[file].reason; };
    if (std::erase_if(files, is_refused) > 0) continue;  // it may have been their doing
    if (before == files.size())                          // all were open
      before = fewest(files.size(), [&](std::size_t n) { return trial.open(first(n, files)).death.has_value(); }) - 1;
    found[files[before]] = trial.judge_culprit(first(before, files), files[before], *account.death);
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(before));
  }
  for (const fs::path& file : all) cache_.put(file, found.at(file));
}

}  // namespace shoal::host
