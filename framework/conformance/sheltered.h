#ifndef SHOAL_FRAMEWORK_CONFORMANCE_SHELTERED_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_SHELTERED_H_

#include <cstddef>
#include <string>

#include "shoal/array.h"

namespace shoal::host::conformance {

/// Memory between two pages that nobody may touch, its last byte just before the second: who reads or writes behind it
/// dies there and then. A fault in it, or beside it, can be told by what_was_touched.
///
/// Threads  made and dropped on one thread; used from any.
class Sheltered {
 public:
  /// `what` is what messages call it: "the features".
  Sheltered(std::size_t bytes, std::string what);
  ~Sheltered();
  Sheltered(const Sheltered&) = delete;
  Sheltered& operator=(const Sheltered&) = delete;

  void* data() const { return data_; }

  /// From now on who writes to it dies, too.
  void forbid_writing();

  /// For LastWords: "it writes to the features, which are not its own", or null for an address that is in nothing
  /// sheltered. Allocates nothing.
  static const char* what_was_touched(const void* address);

 private:
  char* pages_;
  std::size_t size_;  // of all pages
  void* data_;
  std::string written_, outside_;  // what is said
};

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_SHELTERED_H_
