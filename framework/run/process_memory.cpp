#include "framework/run/process_memory.h"

#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

/// A line of a file as in proc(5), "VmHWM:   123 kB" or "total_rss 123": its number; −1 where there is none.
std::int64_t number_in(const fs::path& file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name)) return std::strtoll(line.c_str() + name.size(), nullptr, 10);
  return -1;
}

/// The same of a process, in bytes.
std::int64_t status_bytes(const fs::path& process, std::string_view name) {
  const std::int64_t found = number_in(process / "status", name);
  return found < 0 ? -1 : found * 1024;
}

/// Of all processes that are there.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const auto process = static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    std::ifstream in(entry.path() / "stat");  // PID (NAME) STATE PARENT …, and a name may have anything in it
    std::string stat;
    if (process == 0 || !std::getline(in, stat)) continue;
    const std::size_t name_end = stat.rfind(')');
    if (name_end != std::string::npos && name_end + 4 < stat.size())
      out[process] = static_cast<pid_t>(std::strtol(stat.c_str() + name_end + 4, nullptr, 10));
  }
  return out;
}

/// Whether `process` is `ancestor`, or was started by it or by what it started.
bool descends(pid_t process, pid_t ancestor, const std::map<pid_t, pid_t>& parents) {
  for (std::size_t steps = 0; steps <= parents.size(); ++steps) {  // they change while they are read
    if (process == ancestor) return true;
    const auto found = parents.find(process);
    if (found == parents.end()) return false;
    process = found->second;
  }
  return false;
}

/// How a version of control groups says what its groups may take, and hold that is no file's.
struct ControlGroups {
  const char* of_process;  ///< how the line of /proc/self/cgroup begins that names the group
  const char* root;
  const char* limit;
  const char* held[2];  ///< lines of memory.stat
};
constexpr ControlGroups kVersions[] = {
    {"0::", "/sys/fs/cgroup", "memory.max", {"anon ", "shmem "}},
    {":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", {"total_rss ", "total_shmem "}},
};

/// Where the process's group is, below the root; nothing where there is none.
std::optional<std::string> group_of_process(const ControlGroups& version) {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);)
    if (const std::size_t at = line.find(version.of_process); at != std::string::npos && at < 3)
      return line.substr(at + std::string_view(version.of_process).size());
  return std::nullopt;
}

/// What the narrowest group around the process leaves; nothing where none has a limit.
std::optional<std::int64_t> left_by_groups(const ControlGroups& version) {
  std::optional<std::int64_t> out;
  const auto group = group_of_process(version);
  if (!group) return out;
  for (fs::path at = fs::path(version.root) / fs::path(*group).relative_path();; at = at.parent_path()) {
    std::ifstream in(at / version.limit);
    std::int64_t limit = 0;
    if (in >> limit) {  // "max": none
      for (const char* held : version.held) limit -= std::max<std::int64_t>(0, number_in(at / "memory.stat", held));
      out = std::min(out.value_or(limit), std::max<std::int64_t>(0, limit));
    }
    if (at == version.root || !at.has_relative_path()) return out;
  }
}

}  // namespace

void forget_peak_rss() { std::ofstream("/proc/self/clear_refs") << "5"; }  // see proc(5)

std::int64_t peak_rss_bytes() {
  if (const std::int64_t found = status_bytes("/proc/self", "VmHWM:"); found >= 0) return found;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

std::int64_t resident_bytes() { return status_bytes("/proc/self", "VmRSS:"); }

std::int64_t bytes_held_together() {
  const std::map<pid_t, pid_t> all = parents();
  std::int64_t out = 0;
  for (const auto& [process, parent] : all) {
    if (!descends(process, getpid(), all)) continue;
    const fs::path folder = fs::path("/proc") / std::to_string(process);
    for (const char* part : {"RssAnon:", "RssShmem:"}) out += std::max<std::int64_t>(0, status_bytes(folder, part));
  }
  return out;
}

std::int64_t bytes_left() {
  const std::int64_t kilobytes = number_in("/proc/meminfo", "MemAvailable:");
  std::int64_t out = kilobytes < 0 ? -1 : kilobytes * 1024;
  for (const ControlGroups& version : kVersions)
    if (const auto left = left_by_groups(version)) out = out < 0 ? *left : std::min(out, *left);
  return out;
}

}  // namespace shoal::host
