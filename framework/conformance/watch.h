#ifndef SHOAL_FRAMEWORK_CONFORMANCE_WATCH_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_WATCH_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>

#include "shoal/testing.h"

namespace shoal::host::conformance {

/// Stands between a component and its host: sees what it asks for, and can refuse it.
///
/// Threads  as the services themselves.
class Watch {
 public:
  /// From now on `host` is watched, in its own context and in those opened from it. `guarded`: arrays that it hands out
  /// lie before a page that nobody may touch, see Sheltered. Outlives nothing of the host.
  explicit Watch(testing::Host& host, bool guarded = false);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// From now on progress answers that the user has stopped the run.
  void stop() { stopped_ = true; }

  std::int64_t progress_calls() const { return progress_calls_; }
  std::int64_t stops_told() const { return stops_told_; }  ///< how often progress has answered so
  std::int64_t streams() const { return streams_; }        ///< of chance, that were asked for
  /// Whether allocate handed this buffer out.
  bool gave(const shoal_buffer* buffer) const;
  /// "" unless something was written into the few bytes between the end of a guarded array and the forbidden page.
  const std::string& overrun() const { return overrun_; }

 private:
  struct Overlay {
    shoal_host table;  // first: a context's shoal_host* is a pointer to this
    const shoal_host* before;
    Watch* watch;
  };
  struct Guarded;

  static const Overlay& of(const shoal_context* context) { return *reinterpret_cast<const Overlay*>(context->host); }
  static shoal_buffer* allocate(const shoal_context* context, int code, int bits, int rank, const std::int64_t* shape);
  static shoal_buffer* allocate_guarded(Watch& watch, const shoal_buffer& like, std::size_t bytes);

  Overlay overlay_{};
  bool guarded_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::int64_t> progress_calls_{0}, stops_told_{0}, streams_{0};
  mutable std::mutex mutex_;
  std::set<const shoal_buffer*> given_;
  std::string overrun_;
};

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_WATCH_H_
