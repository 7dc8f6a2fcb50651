#ifndef SHOAL_FRAMEWORK_REPORT_PROFILE_TABLE_H_
#define SHOAL_FRAMEWORK_REPORT_PROFILE_TABLE_H_

#include <cstdint>
#include <string>

#include "framework/plugin/profile.h"

namespace shoal::host {

/// What a profile came to, for a terminal: the nodes, over all rows of the matrix, in the order in which they first
/// worked; below each its calls and what is left, and at the end what is outside of nodes. `whole`: nanoseconds from
/// the beginning of the profile to its end, which shares are of; `cpu`: of the processor meanwhile.
std::string profile_table(const Profile& profile, std::int64_t whole, std::int64_t cpu);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PROFILE_TABLE_H_
