#include "framework/conformance/case.h"

namespace shoal::host::conformance {
namespace {

void expect_message(const Ended& ended, std::string_view what) {
  expect(!ended.what.empty() && ended.what != "failed without a message", "it refuses {} without saying why", what);
}

}  // namespace

std::string describe(const Ended& ended) {
  switch (ended.code) {
    case SHOAL_OK: return "succeeds";
    case SHOAL_E_INPUT: return text("refuses it: {}", ended.what);
    case SHOAL_E_STATE: return text("says that it was called out of order: {}", ended.what);
    case SHOAL_E_UNSUPPORTED: return text("says that it cannot do that: {}", ended.what);
    case SHOAL_E_CANCELLED: return "ends as if the user had stopped it";
    case SHOAL_E_MEMORY: return "runs out of memory";
    default: return text("fails: {}", ended.what);
  }
}

void expect_refused(const Ended& ended, std::string_view what) {
  expect(ended.code == SHOAL_E_INPUT, "{} must be refused by an InputError, but it {}", what, describe(ended));
  expect_message(ended, what);
}

void expect_done_or_refused(const Ended& ended, std::string_view what) {
  if (ended.well()) return;
  expect(ended.code == SHOAL_E_INPUT, "of {} it should make something, or refuse it by an InputError, but it {}", what,
         describe(ended));
  expect_message(ended, what);
}

}  // namespace shoal::host::conformance
