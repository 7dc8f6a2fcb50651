#include "framework/run/process_memory.h"

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace shoal::host {
namespace {

/// A line of /proc/self/status, "VmHWM:   123 kB", in bytes; −1 where there is none. See proc(5).
std::int64_t status_bytes(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return std::strtoll(line.c_str() + name.size(), nullptr, 10) * 1024;
  return -1;
}

}  // namespace

void forget_peak_rss() { std::ofstream("/proc/self/clear_refs") << "5"; }  // see proc(5)

std::int64_t peak_rss_bytes() {
  if (const std::int64_t found = status_bytes("VmHWM:"); found >= 0) return found;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

std::int64_t resident_bytes() { return status_bytes("VmRSS:"); }

}  // namespace shoal::host
