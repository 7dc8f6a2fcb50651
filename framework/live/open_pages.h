#ifndef SHOAL_FRAMEWORK_LIVE_OPEN_PAGES_H_
#define SHOAL_FRAMEWORK_LIVE_OPEN_PAGES_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

namespace shoal::host {

/// The pages that are open in browsers, by the names that they give themselves, and what each still wants when the run
/// has ended: to be told so, and then the report.
///
/// Threads  any
class OpenPages {
 public:
  using Clock = std::chrono::steady_clock;

  /// A page asked what is new. `is_last`: it is told that nothing more will come; `has_report`: and to load the report.
  void asked(const std::string& page, bool is_last, bool has_report, Clock::time_point now = Clock::now());

  /// A page says that it is closed, or gives way to another.
  void closed(const std::string& page);

  /// The report was given.
  void report_given();

  /// Waits until the pages that are open have all that they want. One that has not asked for a while is closed; that
  /// while is long, since a browser beside a run that has all processors may be slow.
  /// `most`: but no longer.
  void wait_until_served(std::chrono::milliseconds most);

  bool all_served(Clock::time_point now = Clock::now()) const;

  static constexpr std::chrono::milliseconds kAsksWithin{10'000};

 private:
  struct Page {
    Clock::time_point asked = {};
    bool told = false;
  };
  bool served(Clock::time_point now) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Page> pages_;
  std::size_t reports_wanted_ = 0, reports_given_ = 0;
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_LIVE_OPEN_PAGES_H_
