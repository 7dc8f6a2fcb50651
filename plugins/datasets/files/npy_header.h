// npy_header.h: what stands before the numbers of a .npy file.
//
// Six bytes "\x93NUMPY", two for the version, the length of the header as a little-endian number of two bytes (version
// 1.0) or four (2.0, 3.0), then the header: a Python dictionary of 'descr', 'fortran_order' and 'shape'. Then the data.
// Source: NEP 1 and numpy/lib/format.py, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#ifndef SHOAL_DATASETS_NPY_HEADER_H_
#define SHOAL_DATASETS_NPY_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] files {

struct NpyHeader {
  char kind = 'f';         ///< of the numbers, NumPy's letter: 'f' float, 'i' and 'u' integers, 'b' bool
  shoal::Index bytes = 4;  ///< of one number: 1, 2, 4 or 8
  std::string descr;       ///< both as the file says them: "<f4"
  shoal::Shape shape;      ///< every size ≥ 0; none: a single number
  std::size_t data_at = 0;
};

/// Reads the header of the .npy file whose bytes are `file`; the data is not looked at. `name` is for messages.
/// Throws InputError  no .npy file, a header that is none, numbers of more than one axis in Fortran order, big-endian
///                    or of a type that is no bool, integer or float, data shorter or longer than the header says
NpyHeader read_npy_header(std::string_view file, const std::string& name);

/// The same, of a file of `bytes` bytes whose first are `start`; the header must be within these.
NpyHeader read_npy_header(std::string_view start, std::uint64_t bytes, const std::string& name);

}  // namespace files

#endif  // SHOAL_DATASETS_NPY_HEADER_H_
