#ifndef SHOAL_FRAMEWORK_PLUGIN_CRASH_H_
#define SHOAL_FRAMEWORK_PLUGIN_CRASH_H_

#include <string>

namespace shoal::host {

/// What the process is doing as long as this lives, said if it crashes meanwhile: "node 'kmeans' (clusterer/kmeans
/// 0.1.0, /x/libkmeans.so) was at work". The innermost one counts, whichever thread crashes: one task works at a time.
class CrashNote {
 public:
  explicit CrashNote(std::string what);
  ~CrashNote();
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;

 private:
  std::string what_;
  const char* before_;
};

/// From now on a crash (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT) first says on stderr of what kind it is, what the
/// process was doing, in which library, and the stack; `help` behind it. Then the process dies as it would have.
/// A sanitizer's program reports for itself: there this does nothing.
void explain_crashes(const char* help);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_CRASH_H_
