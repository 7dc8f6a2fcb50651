// npy_testing.h: .npy files made for tests, by hand, as numpy/lib/format.py describes them.
#ifndef SHOAL_DATASETS_NPY_TESTING_H_
#define SHOAL_DATASETS_NPY_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../common/temp_folder.h"

namespace [[gnu::visibility("hidden")]] files {
namespace testing {

using shoal::testing::Bytes;
using shoal::testing::operator+;

inline Bytes bytes_of(const std::string& text) { return Bytes(text.begin(), text.end()); }

/// The numbers as they lie in memory, which is little-endian.
template <typename Number>
Bytes bytes_of(const std::vector<Number>& numbers) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(numbers.data());
  return Bytes(first, first + numbers.size() * sizeof(Number));
}

/// All before the data: magic, version, length, `dictionary` and spaces up to a multiple of `align`, a line's end.
inline Bytes npy_start(const std::string& dictionary, int major = 1, std::size_t align = 64) {
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t fixed = 8 + length_bytes;
  const std::size_t all = (fixed + dictionary.size() + 1 + align - 1) / align * align;
  Bytes out = bytes_of(std::string("\x93NUMPY"));
  out.push_back(static_cast<std::uint8_t>(major));
  out.push_back(0);
  for (std::size_t i = 0; i < length_bytes; ++i) out.push_back(static_cast<std::uint8_t>((all - fixed) >> (8 * i)));
  out = out + bytes_of(dictionary + std::string(all - fixed - dictionary.size() - 1, ' ') + "\n");
  return out;
}

/// The same for C order; `shape` as "(2, 3)".
inline Bytes npy_start_of(const std::string& descr, const std::string& shape, int major = 1, std::size_t align = 64) {
  return npy_start("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }", major, align);
}

}  // namespace testing
}  // namespace files

#endif  // SHOAL_DATASETS_NPY_TESTING_H_
