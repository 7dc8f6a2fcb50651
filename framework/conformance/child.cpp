#include "framework/conformance/child.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>

#include "framework/conformance/case.h"
#include "framework/conformance/sheltered.h"
#include "framework/plugin/hear_lines.h"
#include "framework/plugin/last_words.h"
#include "framework/plugin/patience.h"

namespace shoal::host::conformance {
namespace {

constexpr char kVerdict = 'v';  // its number, then why; other lines are of LastWords

void write_all(int pipe, const std::string& words) {
  for (std::size_t at = 0; at < words.size();) {
    const ssize_t written = write(pipe, words.data() + at, words.size() - at);
    if (written <= 0) _exit(3);
    at += static_cast<std::size_t>(written);
  }
}

[[noreturn]] void be_child(const std::function<void()>& body, const char* file, int pipe) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const int silence = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int each : {0, 1, 2}) dup2(silence, each);
  static const char* at_work;
  at_work = file;
  LastWords::prepare(pipe, &at_work, &Sheltered::what_was_touched);
  Verdict verdict = judge(body);
  std::replace(verdict.why.begin(), verdict.why.end(), '\n', ' ');
  write_all(pipe, std::string(1, kVerdict) + std::to_string(static_cast<int>(verdict.outcome)) + verdict.why + "\n");
  _exit(0);
}

/// The line that comes from `pipe`, "" where it is closed before. What the process has started may keep the pipe open,
/// so one line is enough.
struct Heard {
  std::string line = {};
  std::optional<std::string> over = {};  ///< it took too long: "after 60 s"
};
Heard hear(pid_t child, int pipe, std::chrono::seconds patience) {
  const Patience left(child, patience);
  Heard out;
  hear_lines(
      pipe, [&] { return !(out.over = left.over()); },
      [&](const std::string& line) {
        out.line = line;
        return false;
      });
  return out;
}

Verdict read_verdict(const std::string& line, int status) {
  const std::string rest = line.size() > 1 ? line.substr(1) : "";
  switch (line.empty() ? '\0' : line[0]) {
    case kVerdict:
      if (!rest.empty()) return {static_cast<Outcome>(rest[0] - '0'), rest.substr(1)};
      break;
    case LastWords::kDied: return {Outcome::kCrash, describe_death(rest)};
    case LastWords::kThrew: return {Outcome::kCrash, text("{} is thrown, and nobody catches it", rest)};
    default: break;
  }
  if (WIFEXITED(status)) return {Outcome::kCrash, text("it ends the process, by exit({})", WEXITSTATUS(status))};
  return {Outcome::kCrash, text("SIG{}", sigabbrev_np(WTERMSIG(status)))};
}

}  // namespace

const char* name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass: return "pass";
    case Outcome::kFail: return "fail";
    case Outcome::kSkip: return "skip";
    case Outcome::kCrash: return "crash";
    case Outcome::kHang: return "hang";
  }
  return "?";
}

Verdict judge(const std::function<void()>& body) {
  try {
    const Ended end = ended(body);
    if (end.well()) return {};
    return {Outcome::kFail, "given what should work, it " + describe(end)};
  } catch (const Skipped& skipped) {
    return {Outcome::kSkip, skipped.what()};
  } catch (const Failed& failed) {
    return {Outcome::kFail, failed.what()};
  } catch (...) {
    return {Outcome::kFail, "it throws something that is no std::exception"};
  }
}

Verdict judge_in_child(const std::function<void()>& body, const char* file, std::chrono::seconds patience) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    close(ends[0]);
    be_child(body, file, ends[1]);
  }
  setpgid(child, child);
  close(ends[1]);
  const Heard heard = hear(child, ends[0], patience);
  close(ends[0]);
  int status = 0;
  // The group is killed before the child is waited for, so that its number is still its own.
  if (heard.over || !heard.line.empty()) kill(-child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (heard.over) return {Outcome::kHang, text("still at it {}, stopped", *heard.over)};
  return read_verdict(heard.line, status);
}

}  // namespace shoal::host::conformance
