#ifndef SHOAL_FRAMEWORK_REPORT_TRACE_FILE_H_
#define SHOAL_FRAMEWORK_REPORT_TRACE_FILE_H_

#include <string>

#include "framework/plugin/profile.h"

namespace shoal::host {

/// A profile as JSON in the Trace Event Format, which ui.perfetto.dev and chrome://tracing open: a track for each
/// thread with nodes and the calls below them, one for passes and one for the gradients of networks, since these may
/// overlap what they happen in, and the peak of memory of each node as a counter.
std::string as_chrome_trace(const Profile& profile);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_TRACE_FILE_H_
