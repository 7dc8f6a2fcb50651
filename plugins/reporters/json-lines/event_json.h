#ifndef SHOAL_PLUGINS_REPORTERS_JSON_LINES_EVENT_JSON_H_
#define SHOAL_PLUGINS_REPORTERS_JSON_LINES_EVENT_JSON_H_

#include <string>

#include "shoal/reporter.h"

namespace shoal {

/// An event as one JSON object, without a line end. "time" and "event" are always there ("run_begin", "node_end",
/// "scalar" …), the rest where it says something. A value that is not finite is null; bytes that are not UTF-8 are
/// replaced.
std::string event_json(const Event& event);

}  // namespace shoal

#endif  // SHOAL_PLUGINS_REPORTERS_JSON_LINES_EVENT_JSON_H_
