// byte_stream.h: the bytes of a file, unpacked where it is gzip.
#ifndef SHOAL_DATASETS_BYTE_STREAM_H_
#define SHOAL_DATASETS_BYTE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace [[gnu::visibility("hidden")]] idx {

/// A file read from front to end. Whether it is gzip is told by its first two bytes, not by its name.
class ByteStream {
 public:
  enum class Unpack { kGzip, kNever };

  /// Throws InputError  the file is missing, not readable, or a folder or anything else that is no plain file
  explicit ByteStream(const std::filesystem::path& file, Unpack unpack = Unpack::kGzip);
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  /// Reads the next `n` bytes, fewer only at the end; returns how many.
  /// Throws InputError  the gzip data is damaged, or followed by something else
  std::size_t read(void* to, std::size_t n);
  /// Reads on to the end; returns how many bytes there were. Throws as read.
  std::uint64_t skip_rest();

  bool gzip() const;
  /// Whether gzip data ended in the middle: read then returned what there was. True only once the end was met.
  bool cut_short() const;
  std::uint64_t file_bytes() const;  ///< as it lies on the disk
  /// What gzip says of the unpacked size, modulo 2³². Right for files of one member, as nearly all are.
  std::uint32_t gzip_size_hint() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace idx

#endif  // SHOAL_DATASETS_BYTE_STREAM_H_
