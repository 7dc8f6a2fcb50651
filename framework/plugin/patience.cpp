#include "framework/plugin/patience.h"

#include <ctime>

#include "shoal/error.h"

namespace shoal::host {
namespace {

/// The processor's time that a process has had.
std::chrono::duration<double> processor_time(pid_t process) {
  clockid_t clock = 0;
  timespec time = {};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void Patience::begin() {
  begun_ = Clock::now();
  had_ = processor_time(process_);
}

std::optional<std::string> Patience::over() const {
  if (processor_time(process_) - had_ > patience_) return text("after {} s of the processor's time", patience_.count());
  if (Clock::now() - begun_ > kWaits * patience_) return text("after {} s", (kWaits * patience_).count());
  return std::nullopt;
}

}  // namespace shoal::host
