#include "framework/python/call.h"

#include <pybind11/pybind11.h>

namespace shoal::python {
namespace {

// Python runs handlers of signals between its own instructions alone. To look costs the interpreter's lock.
constexpr auto kBetweenLooks = std::chrono::milliseconds(20);

const char* name_of(Level level) {
  if (level == Level::kWarning) return "warning";
  return level == Level::kInfo ? "info" : "debug";
}

}  // namespace

Call::Call(int threads, std::uint64_t seed)
    : lease_(threads),
      context_(lease_.services(), seed, this),
      next_look_(std::chrono::steady_clock::now() + kBetweenLooks) {}

void Call::progress(const std::string&, std::int64_t, std::int64_t) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (interrupt_ || now < next_look_) return;
  next_look_ = now + kBetweenLooks;
  const pybind11::gil_scoped_acquire gil;
  if (PyErr_CheckSignals() == 0) return;
  interrupt_ = std::make_exception_ptr(pybind11::error_already_set());
  lease_.services().cancelled = true;
}

void Call::log(Level level, const std::string& line) {
  const std::lock_guard lock(mutex_);
  messages_.emplace_back(name_of(level), line);
}

void Call::rethrow_interrupt() {
  if (interrupt_) std::rethrow_exception(std::exchange(interrupt_, nullptr));
}

}  // namespace shoal::python
