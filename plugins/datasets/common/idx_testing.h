// idx_testing.h: IDX files made for tests.
#ifndef SHOAL_DATASETS_IDX_TESTING_H_
#define SHOAL_DATASETS_IDX_TESTING_H_

#include <zlib.h>

#include <cstdint>
#include <new>
#include <vector>

#include "temp_folder.h"

namespace [[gnu::visibility("hidden")]] idx {
namespace testing {

using shoal::testing::Bytes;
using shoal::testing::message_of;
using shoal::testing::operator+;
using shoal::testing::TempFolder;

/// The header of an IDX file.
inline Bytes idx_header(std::uint8_t type, const std::vector<std::uint32_t>& shape) {
  Bytes out = {0, 0, type, static_cast<std::uint8_t>(shape.size())};
  for (const std::uint32_t size : shape)
    for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(size >> shift));
  return out;
}

/// n bytes 0, 1, …, 250, 0, …
inline Bytes counting(std::size_t n) {
  Bytes out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(i % 251);
  return out;
}

/// `bytes` as one gzip member.
inline Bytes gzip(const Bytes& bytes) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  Bytes out(deflateBound(&z, bytes.size()) + 64);
  z.next_in = const_cast<Bytef*>(bytes.data());
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = out.data();
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  deflateEnd(&z);
  return Bytes(out.data(), z.next_out);
}

}  // namespace testing
}  // namespace idx

#endif  // SHOAL_DATASETS_IDX_TESTING_H_
