// idx_file.h: files in the IDX format, in which MNIST is published.
//
// Two zero bytes, a byte for the type, a byte for the rank, the sizes as 32-bit big-endian numbers, then the data,
// row-major and big-endian. Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
#ifndef SHOAL_DATASETS_IDX_FILE_H_
#define SHOAL_DATASETS_IDX_FILE_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sha256.h"
#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] idx {

enum class IdxType { kUInt8 = 0x08, kInt8 = 0x09, kInt16 = 0x0B, kInt32 = 0x0C, kFloat32 = 0x0D, kFloat64 = 0x0E };

const char* name(IdxType type);  ///< "uint8", as NumPy says it
std::size_t bytes_of(IdxType type);

struct IdxHeader {
  IdxType type = IdxType::kUInt8;
  shoal::Shape shape = {};  ///< rank 1 to 8, every size ≥ 1
  std::uint64_t header_bytes = 0;
  std::uint64_t data_bytes = 0;

  friend bool operator==(const IdxHeader&, const IdxHeader&) = default;
};

struct IdxFile {
  IdxHeader header;
  std::vector<std::uint8_t> data;  ///< `data_bytes` as in the file: big-endian
};

/// Reads the header of `file`, gzip or plain, and compares what it claims with the size of the file. The size of gzip
/// data is taken from its last four bytes; where those disagree with the header, all of it is unpacked and counted.
/// Throws InputError  not readable, no IDX file, shorter or longer than its header says: both numbers are named
IdxHeader read_idx_header(const std::filesystem::path& file);

/// Reads all of `file` and checks that it ends where its header says. Whatever the header claims, the memory taken is
/// at most 16 times the size of the file or twice what it unpacks to. `digest`, if given, gets the unpacked bytes,
/// header included. Throws InputError  as read_idx_header, and where gzip data is damaged
IdxFile load_idx(const std::filesystem::path& file, Sha256* digest = nullptr);

}  // namespace idx

#endif  // SHOAL_DATASETS_IDX_FILE_H_
