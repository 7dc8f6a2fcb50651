#ifndef SHOAL_FRAMEWORK_PYTHON_CALL_H_
#define SHOAL_FRAMEWORK_PYTHON_CALL_H_

#include <chrono>
#include <exception>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "framework/plugin/services.h"
#include "framework/python/pools.h"
#include "shoal/clusterer.h"

namespace shoal::python {

/// One call of a component from Python: services of its own, a random stream, and an ear for Ctrl-C. Made and destroyed
/// without the interpreter's lock (GIL) or with it; `run` is called without.
class Call final : public host::Listener {
 public:
  /// What the component said: its level ("debug", "info", "warning") and the line.
  using Messages = std::vector<std::pair<std::string, std::string>>;

  /// `seed` is the node's own (host::node_seed).
  Call(int threads, std::uint64_t seed);

  Context& context() { return context_.context(); }
  Messages take_messages() { return std::move(messages_); }

  /// body(context). Where a signal's handler in Python has thrown meanwhile, KeyboardInterrupt say, this throws that.
  template <typename Body>
  auto run(Body&& body) {
    try {
      auto out = body(context());
      rethrow_interrupt();
      return out;
    } catch (const Cancelled&) {
      rethrow_interrupt();
      throw;
    }
  }

  // Listener
  void progress(const std::string& unit, std::int64_t done, std::int64_t total) override;
  void log(Level level, const std::string& line) override;
  void scalar(const std::string&, double, std::int64_t) override {}

 private:
  void rethrow_interrupt();

  Pools::Lease lease_;
  host::NodeContext context_;
  std::mutex mutex_;  // guards what follows
  std::chrono::steady_clock::time_point next_look_;
  std::exception_ptr interrupt_;
  Messages messages_;
};

}  // namespace shoal::python

#endif  // SHOAL_FRAMEWORK_PYTHON_CALL_H_
