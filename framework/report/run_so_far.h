#ifndef SHOAL_FRAMEWORK_REPORT_RUN_SO_FAR_H_
#define SHOAL_FRAMEWORK_REPORT_RUN_SO_FAR_H_

#include "framework/report/run_events.h"
#include "framework/report/run_file.h"

namespace shoal::host {

/// Says of a planned run what its events do: statuses, times and metrics, as far as they are known. A row is "at work",
/// "waiting" or as a finished run has it; a node likewise. May be called again with later events.
void add_events(const RunEvents& events, RunFile& run);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_RUN_SO_FAR_H_
