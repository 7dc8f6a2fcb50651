#ifndef SHOAL_FRAMEWORK_LIVE_LIVE_PAGE_H_
#define SHOAL_FRAMEWORK_LIVE_LIVE_PAGE_H_

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace shoal::host {

class RunFollower;

/// The page that is shown until report.html is there: that page as far as it can be made of what the folder holds now,
/// and on top of it what the run is at. Nothing is read or made but when somebody asks; below its top the page is made
/// anew at most every three seconds, in a twentieth of the time at most, and only where the run has written something.
///
/// Threads  any
class LivePage {
 public:
  /// `programs`: the addresses that the page loads, see PageOptions. Throws std::runtime_error where the folder has no
  /// plan.json, or a damaged one.
  LivePage(const std::filesystem::path& folder, std::vector<std::string> programs);
  ~LivePage();

  /// All of it, one HTML file.
  std::string html();

  /// What live.js asks for each second, as JSON: {"now": the top as HTML, "page": the number of the page that html()
  /// would give below it, "report": whether report.html is there, "stopped": whether no more will come}.
  std::string now(bool has_report, bool stopped);

 private:
  using Clock = std::chrono::steady_clock;

  void read_on();
  bool is_due() const;
  void make();

  const std::vector<std::string> programs_;
  std::mutex mutex_;
  const std::unique_ptr<RunFollower> run_;
  std::string page_;        // without its top, which is put in
  std::size_t place_ = 0;   // at this byte
  std::size_t number_ = 0;  // of page_; 0: there is none yet
  bool grown_ = true;       // the run, since it was made
  Clock::time_point made_ = {};
  Clock::duration took_ = {};
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_LIVE_LIVE_PAGE_H_
