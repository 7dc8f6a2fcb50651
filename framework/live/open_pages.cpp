#include "framework/live/open_pages.h"

#include <algorithm>

namespace shoal::host {

void OpenPages::asked(const std::string& page, bool is_last, bool has_report, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(pages_, [&](const auto& other) { return now - other.second.asked > kAsksWithin; });
  Page& asking = pages_[page];
  asking.asked = now;
  if (is_last && !asking.told) {
    asking.told = true;
    if (has_report) ++reports_wanted_;
  }
  changed_.notify_all();
}

void OpenPages::closed(const std::string& page) {
  const std::lock_guard lock(mutex_);
  pages_.erase(page);
  changed_.notify_all();
}

void OpenPages::report_given() {
  const std::lock_guard lock(mutex_);
  ++reports_given_;
  changed_.notify_all();
}

bool OpenPages::served(Clock::time_point now) const {
  return reports_given_ >= reports_wanted_ && std::all_of(pages_.begin(), pages_.end(), [&](const auto& page) {
           return page.second.told || now - page.second.asked > kAsksWithin;
         });
}

bool OpenPages::all_served(Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  return served(now);
}

void OpenPages::wait_until_served(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  const Clock::time_point end = Clock::now() + most;
  while (!served(Clock::now()) && Clock::now() < end)
    changed_.wait_until(lock, std::min(end, Clock::now() + std::chrono::milliseconds(100)));
}

}  // namespace shoal::host
