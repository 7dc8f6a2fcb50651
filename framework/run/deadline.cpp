#include "framework/run/deadline.h"

#include <fmt/format.h>

#include <algorithm>

namespace shoal::host {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds kPatience{5};
constexpr double kLongest = 1e8;  // three years: what is longer overflows the clock

}  // namespace

Deadline::Deadline(Services& services, double seconds, Listener* listener)
    : services_(services), seconds_(std::min(seconds, kLongest)) {
  if (seconds_ > 0) watcher_ = std::thread([this, listener] { watch(listener); });
}

Deadline::~Deadline() {
  if (!watcher_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  watcher_.join();
  services_.out_of_time = false;
}

double Deadline::passed() const { return Seconds(std::chrono::steady_clock::now() - begin_).count(); }

void Deadline::watch(Listener* listener) {
  std::unique_lock lock(mutex_);
  const auto ended = [this] { return ended_; };
  const auto end = begin_ + std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(seconds_));
  if (changed_.wait_until(lock, end, ended)) return;
  services_.out_of_time = true;
  if (changed_.wait_for(lock, kPatience, ended) || listener == nullptr) return;
  listener->log(Level::kWarning, text("its timeout of {} seconds is over and it was asked to stop, but it takes no "
                                      "notice; it goes on until it does, or is done",
                                      seconds_));
}

void Deadline::require_met() const {
  if (!is_up()) return;
  throw TimedOut(
      fmt::format("it was done after {:.1f} seconds, past its timeout of {}: it was asked to stop and took no "
                  "notice, and its result is not used",
                  passed(), seconds_));
}

void Deadline::explain_cancelled() const {
  if (services_.cancelled || !is_up()) return;
  throw TimedOut(text("it was not done after {} seconds, its timeout, and has stopped", seconds_));
}

}  // namespace shoal::host
