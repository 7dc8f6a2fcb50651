#ifndef SHOAL_FRAMEWORK_CONFIG_YAML_SCAN_H_
#define SHOAL_FRAMEWORK_CONFIG_YAML_SCAN_H_

#include <memory>

#include "framework/config/diagnostics.h"
#include "framework/config/source.h"

namespace shoal::config {

// What yaml-cpp would swallow or misread, looked for before it sees the text. Each is true where nothing was found.

/// UTF-16 or not UTF-8 (Y102), control characters (Y106; byte 0x04 would end the file in silence).
bool scan_characters(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

/// Tabs in indentation (Y105). Inside the text of a | or > block, behind its indentation, a tab is text.
bool scan_tabs(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

}  // namespace shoal::config

#endif  // SHOAL_FRAMEWORK_CONFIG_YAML_SCAN_H_
