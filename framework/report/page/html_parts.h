#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_HTML_PARTS_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_HTML_PARTS_H_

#include <string>

#include "framework/report/page/html.h"

namespace shoal::host {

// What several sections of the page are made of.

/// Opens a frame that scrolls by itself where its content is wider, by the keyboard too. `label` says what is in it.
void open_scroll(Html& html, const std::string& label);

/// A name and its value in a list of facts that is open; nothing where the value is "".
void add_fact(Html& html, const std::string& name, const std::string& value);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_HTML_PARTS_H_
