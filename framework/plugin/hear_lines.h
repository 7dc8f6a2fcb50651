#ifndef SHOAL_FRAMEWORK_PLUGIN_HEAR_LINES_H_
#define SHOAL_FRAMEWORK_PLUGIN_HEAR_LINES_H_

#include <functional>
#include <string>

namespace shoal::host {

/// Hears what another process writes to `pipe`, line by line without their ends, until its other end is closed or
/// `hear` answers false, having heard enough. Asks `may_go_on` about five times a second, and before each reading;
/// returns false where that answers false.
bool hear_lines(int pipe, const std::function<bool()>& may_go_on, const std::function<bool(const std::string&)>& hear);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_HEAR_LINES_H_
