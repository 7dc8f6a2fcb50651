#ifndef SHOAL_FRAMEWORK_RUN_ISOLATED_FIT_WIRE_H_
#define SHOAL_FRAMEWORK_RUN_ISOLATED_FIT_WIRE_H_

namespace shoal::host::wire {

// What the process of a clusterer says: one JSON object a line, with one of these as its `kind`.
inline constexpr const char* kLog = "log";            // level, line
inline constexpr const char* kProgress = "progress";  // unit, done, total
inline constexpr const char* kScalar = "scalar";      // name, value, step
inline constexpr const char* kError = "error";        // code, what
inline constexpr const char* kResult =
    "result";  // clusters, iterations, converged, seconds, peak_rss_bytes, labels, centroids

}  // namespace shoal::host::wire

#endif  // SHOAL_FRAMEWORK_RUN_ISOLATED_FIT_WIRE_H_
