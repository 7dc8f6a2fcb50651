#ifndef SHOAL_FRAMEWORK_PYTHON_POOLS_H_
#define SHOAL_FRAMEWORK_PYTHON_POOLS_H_

#include <map>
#include <memory>
#include <mutex>

#include "framework/plugin/services.h"

namespace shoal::python {

/// The host's services for calls from Python, a set for each call at work: so that threads of Python can fit side by
/// side, each on as many threads as it asks for, and only the call that Ctrl-C was meant for is cancelled. They are
/// kept for the calls to come and never destroyed: arrays that Python holds on to belong to them.
class Pools {
 public:
  /// Services that are one call's alone as long as this lives.
  class Lease {
   public:
    explicit Lease(int threads);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    host::Services& services() { return *services_; }

   private:
    std::unique_ptr<host::Services> services_;
  };

  /// In the child after a fork: the threads of all that is kept are the parent's, so it begins anew.
  static void forget();

 private:
  static Pools*& all();

  std::mutex mutex_;
  std::multimap<int, std::unique_ptr<host::Services>> idle_;  // by their number of threads
};

}  // namespace shoal::python

#endif  // SHOAL_FRAMEWORK_PYTHON_POOLS_H_
