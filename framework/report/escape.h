#ifndef SHOAL_FRAMEWORK_REPORT_ESCAPE_H_
#define SHOAL_FRAMEWORK_REPORT_ESCAPE_H_

#include <string>

namespace shoal::host {

/// Text as HTML shows it, in elements and in quoted attributes.
std::string escape_html(const std::string& text);

/// A cell of CSV by RFC 4180: quoted where it has to be.
std::string escape_csv(const std::string& text);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_ESCAPE_H_
