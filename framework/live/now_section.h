#ifndef SHOAL_FRAMEWORK_LIVE_NOW_SECTION_H_
#define SHOAL_FRAMEWORK_LIVE_NOW_SECTION_H_

#include <cstddef>
#include <string>

#include "framework/report/page/run_follower.h"

namespace shoal::host {

/// What the page of a run at work has on top, a section `#now`: row and time, the nodes of the row with their progress,
/// rate and time left, what nodes told. `time`: now, in seconds since 1970. `page`: the number of the page that it
/// stands on, which live.js compares.
std::string now_section(const RunFollower& run, double time, std::size_t page);

/// "the run has ended: done; its report is being written", or which row is at work.
std::string describe_state(const RunFollower& run);

inline constexpr const char* kNowId = "now";

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_LIVE_NOW_SECTION_H_
