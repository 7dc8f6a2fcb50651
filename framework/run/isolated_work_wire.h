#ifndef SHOAL_FRAMEWORK_RUN_ISOLATED_WORK_WIRE_H_
#define SHOAL_FRAMEWORK_RUN_ISOLATED_WORK_WIRE_H_

namespace shoal::host::wire {

// What the process of a component says: one JSON object a line, with one of these as its `kind`.
inline constexpr const char* kLog = "log";            // level, line
inline constexpr const char* kProgress = "progress";  // unit, done, total
inline constexpr const char* kScalar = "scalar";      // name, value, step
inline constexpr const char* kError = "error";        // code, what
// arrays: {output: {dtype, shape}}, which lie in the files that the request names for them; numbers: {output: the bits
// of a float64}, since JSON has no NaN; seconds, peak_rss_bytes
inline constexpr const char* kResult = "result";

}  // namespace shoal::host::wire

#endif  // SHOAL_FRAMEWORK_RUN_ISOLATED_WORK_WIRE_H_
