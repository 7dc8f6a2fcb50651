#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_ASSETS_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_ASSETS_H_

#include <string>

namespace shoal::host {

extern const char* const kPageStyle;    ///< assets/page.css
extern const char* const kPageProgram;  ///< assets/page.js

/// Vega, Vega-Lite and Vega-Embed as one program: share/shoal/report/vega.js of the install or the build tree.
/// "" where Shoal was built without vl-convert-python, from which it comes; then charts are still pictures.
std::string find_vega_runtime();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_ASSETS_H_
