#ifndef SHOAL_FRAMEWORK_RUN_PROCESS_MEMORY_H_
#define SHOAL_FRAMEWORK_RUN_PROCESS_MEMORY_H_

#include <cstdint>

namespace shoal::host {

/// The most memory that the process had since forget_peak_rss, or since it began where the system cannot forget.
std::int64_t peak_rss_bytes();
void forget_peak_rss();

/// What it has now.
std::int64_t resident_bytes();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_PROCESS_MEMORY_H_
