#ifndef SHOAL_FRAMEWORK_CONFORMANCE_CASE_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_CASE_H_

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "shoal/error.h"

namespace shoal::host::conformance {

/// How much is tried: once, under 5 seeds and on more examples, under 25 and on many more.
enum class Level { kQuick, kFull, kLong };

/// What a case throws where the component does not hold to it: what it did, and what would be right.
struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a case throws where it cannot be tried, or says nothing about this component: why.
struct Skipped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws Failed with `pattern` filled in (see shoal::text) unless `holds`.
template <typename... Arguments>
void expect(bool holds, std::string_view pattern, const Arguments&... arguments) {
  if (!holds) throw Failed(text(pattern, arguments...));
}

/// One thing that a component must hold to. `run` returns where it does.
struct Case {
  std::string name;     ///< "predict-after-fit"
  std::string promise;  ///< the same as a sentence, for help and for the page
  std::function<void()> run;
};

using Cases = std::vector<Case>;

/// How a call of a component ended: SHOAL_OK, or a code of abi.h and what was said.
struct Ended {
  int code = 0;
  std::string what = {};

  bool well() const { return code == 0; }
};

/// Calls `call` and keeps how that ended. Failed and Skipped pass through.
template <typename Call>
Ended ended(Call&& call) {
  try {
    call();
    return {};
  } catch (const Failed&) {
    throw;
  } catch (const Skipped&) {
    throw;
  } catch (const Cancelled&) {
    return {SHOAL_E_CANCELLED, "cancelled"};
  } catch (const Error& error) {
    return {error.code(), error.what()};
  } catch (const std::bad_alloc&) {
    return {SHOAL_E_MEMORY, "out of memory"};
  } catch (const std::exception& error) {
    return {SHOAL_E_FAILED, error.what()};
  }
}

/// "refused it (k is 5)", "succeeded", "failed (…)": for messages.
std::string describe(const Ended& ended);

/// That `ended` is an InputError with a message. `what`: what was given, "121 clusters of 120 examples".
void expect_refused(const Ended& ended, std::string_view what);

/// That `ended` is a success or an InputError with a message, and nothing else.
void expect_done_or_refused(const Ended& ended, std::string_view what);

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_CASE_H_
