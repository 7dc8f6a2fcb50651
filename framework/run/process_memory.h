#ifndef SHOAL_FRAMEWORK_RUN_PROCESS_MEMORY_H_
#define SHOAL_FRAMEWORK_RUN_PROCESS_MEMORY_H_

#include <cstdint>

namespace shoal::host {

/// The most memory that the process had since forget_peak_rss, or since it began where the system cannot forget.
std::int64_t peak_rss_bytes();
void forget_peak_rss();

/// What it has now.
std::int64_t resident_bytes();

/// What this process and those that it has started, and theirs, hold that is no file's: what only their end gives back.
std::int64_t bytes_held_together();

/// What may still be taken: what the machine has left or, where the process is in control groups (version 2) with a
/// limit, what the narrowest of them leaves. −1 where the system does not say.
std::int64_t bytes_left();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_PROCESS_MEMORY_H_
