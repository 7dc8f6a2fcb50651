#ifndef SHOAL_FRAMEWORK_PYTHON_ARRAYS_H_
#define SHOAL_FRAMEWORK_PYTHON_ARRAYS_H_

#include <pybind11/pybind11.h>

#include <optional>

#include "shoal/array.h"

namespace shoal::python {

/// An array of Python, by the buffer protocol, where it lies: no copy. It holds the object as long as it lives, and is
/// made and destroyed with the interpreter's lock; its view may be read without.
class BorrowedArray {
 public:
  /// Throws InputError for another dtype than uint8, int64, float32 and float64 in this machine's byte order, or where
  /// the numbers of a row do not lie side by side.
  explicit BorrowedArray(const pybind11::buffer& array, bool writable = false);

  ConstArray view() const { return view_; }
  MutableArray mutable_view() const { return mutable_view_; }

 private:
  pybind11::buffer_info info_;  // holds the buffer
  ConstArray view_;
  MutableArray mutable_view_;
};

/// None becomes nothing.
std::optional<BorrowedArray> borrow(const std::optional<pybind11::buffer>& array);

/// The host's array as the buffer that Python sees; counted memory, which lives as long as someone holds it.
pybind11::buffer_info describe(const Array& array);

}  // namespace shoal::python

#endif  // SHOAL_FRAMEWORK_PYTHON_ARRAYS_H_
