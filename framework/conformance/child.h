#ifndef SHOAL_FRAMEWORK_CONFORMANCE_CHILD_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_CHILD_H_

#include <chrono>
#include <functional>
#include <string>

namespace shoal::host::conformance {

/// How a case came out.
enum class Outcome { kPass, kFail, kSkip, kCrash, kHang };

/// "pass", "fail", "skip", "crash", "hang".
const char* name(Outcome outcome);

struct Verdict {
  Outcome outcome = Outcome::kPass;
  std::string why = {};  ///< of all but a pass
};

/// Runs `body` here, and says how that came out by what it throws: Failed, Skipped, or anything else, which is a
/// failure too.
Verdict judge(const std::function<void()>& body);

/// The same in a process of its own, a copy of this one, which nothing that happens there can harm. What it prints is
/// not seen. `file`: the library at work, for the place of a crash. After `patience`, counted by the processor (see
/// Patience), it is ended, with all that it started. This process must have no other thread. Throws std::system_error
/// where none can be started.
Verdict judge_in_child(const std::function<void()>& body, const char* file, std::chrono::seconds patience);

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_CHILD_H_
