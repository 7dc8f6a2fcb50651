#include "framework/report/vega_to_svg.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "framework/plugin/places.h"
#include "shoal/error.h"

extern char** environ;

namespace shoal::host {
namespace {

constexpr int kTimeoutMs = 60'000;

constexpr const char* kScript = R"py(
import os, sys
try:
    import vl_convert
except ImportError:
    sys.exit("no SVG beside the figures: the PyPI package vl-convert-python is not there (scripts/setup installs it)")

def write(target, content):
    with open(target + ".partial", "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # before it has its name: what is there is whole, whatever the power does
    os.replace(target + ".partial", target)

failed = []
for name in sys.argv[2:]:
    base = name[:-len(".vl.json")]
    try:
        with open(name, encoding="utf-8") as file:
            svg = vl_convert.vegalite_to_svg(file.read())
        write(base + ".svg", svg.encode())
        if sys.argv[1] == "svg+png":
            write(base + ".png", vl_convert.svg_to_png(svg, scale=2))
    except ValueError as error:
        failed.append(os.path.basename(base) + ": " + (str(error).strip().splitlines() or ["?"])[0])
if failed:
    sys.exit("not drawn: " + "; ".join(failed))
)py";

std::string find_python() {
  if (const char* set = std::getenv("SHOAL_PYTHON"); set != nullptr && *set != '\0') return set;
  std::error_code error;
  // A build tree: <project>/build/<preset>/bin/shoal.
  for (const auto& project : {program_folder() / ".." / ".." / "..", std::filesystem::path(".")})
    if (const auto python = project / ".venv" / "bin" / "python"; std::filesystem::exists(python, error))
      return python.string();
  return "python3";
}

using Clock = std::chrono::steady_clock;

int ms_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

/// All that comes out of `descriptor` until it is closed or time is up.
std::string read_until(int descriptor, Clock::time_point deadline) {
  std::string out;
  std::array<char, 4096> block;
  pollfd waiting{descriptor, POLLIN, 0};
  while (const int left = ms_until(deadline)) {
    if (poll(&waiting, 1, left) <= 0) continue;  // a signal, or time is up
    const ssize_t count = read(descriptor, block.data(), block.size());
    if (count <= 0) break;
    out.append(block.data(), static_cast<std::size_t>(count));
  }
  return out;
}

/// The child's exit status, or nothing where time was up and it was killed.
std::optional<int> wait_until(pid_t child, Clock::time_point deadline) {
  int status = 0;
  while (ms_until(deadline) > 0) {
    if (waitpid(child, &status, WNOHANG) == child) return status;
    poll(nullptr, 0, 5);
  }
  kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> vega_to_svg(const std::vector<std::filesystem::path>& files, bool and_png) {
  if (const char* draw = std::getenv("SHOAL_DRAW"); draw != nullptr && std::strcmp(draw, "off") == 0)
    return {"no SVG beside the figures: SHOAL_DRAW is off"};
  std::vector<std::string> words = {find_python(), "-c", kScript, and_png ? "svg+png" : "svg"};
  for (const auto& file : files) words.push_back(file.string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {text("no SVG beside the figures: {}", std::strerror(errno))};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  const auto deadline = Clock::now() + std::chrono::milliseconds(kTimeoutMs);
  std::string said = error == 0 ? read_until(ends[0], deadline) : "";
  close(ends[0]);
  if (error != 0) return {text("no SVG beside the figures: cannot run {}: {}", words[0], std::strerror(error))};
  const auto status = wait_until(child, deadline);
  if (!status) return {text("no SVG beside the figures: {} took more than {} s", words[0], kTimeoutMs / 1000)};
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
  return {said.empty() ? text("no SVG beside the figures: {} failed", words[0])
                       : said.substr(said.find_last_of('\n') + 1)};
}

}  // namespace shoal::host
