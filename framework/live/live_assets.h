#ifndef SHOAL_FRAMEWORK_LIVE_LIVE_ASSETS_H_
#define SHOAL_FRAMEWORK_LIVE_LIVE_ASSETS_H_

namespace shoal::host {

extern const char* const kLiveStyle;    ///< assets/live.css: of the top of the page
extern const char* const kLiveProgram;  ///< assets/live.js: keeps the page up to date

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_LIVE_LIVE_ASSETS_H_
