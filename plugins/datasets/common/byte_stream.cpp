#include "byte_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#include "shoal/error.h"

namespace idx {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::unique_ptr<std::FILE, CloseFile> open_plain_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  shoal::require(status.type() != std::filesystem::file_type::not_found, "'{}' does not exist", path.string());
  shoal::require(!error, "'{}' cannot be looked at: {}", path.string(), error.message());
  shoal::require(!std::filesystem::is_directory(status), "'{}' is a folder, not a file", path.string());
  shoal::require(std::filesystem::is_regular_file(status), "'{}' is not a plain file", path.string());
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  shoal::require(file != nullptr, "'{}' cannot be opened: {}", path.string(), std::strerror(errno));
  return file;
}

}  // namespace

struct ByteStream::State {
  std::string name;
  std::unique_ptr<std::FILE, CloseFile> file;
  std::uint64_t file_bytes = 0;
  bool gzip = false, ended = false, cut_short = false;
  std::uint32_t size_hint = 0;
  z_stream zlib{};
  std::vector<Bytef> input = std::vector<Bytef>(kBufferBytes);

  // Adds what the file still has to what is not used yet; false when that is nothing.
  bool fill() {
    if (zlib.avail_in > 0) std::memmove(input.data(), zlib.next_in, zlib.avail_in);
    zlib.next_in = input.data();
    const std::size_t got = read_file(input.data() + zlib.avail_in, input.size() - zlib.avail_in);
    zlib.avail_in += static_cast<uInt>(got);
    return got > 0;
  }

  std::size_t read_file(void* to, std::size_t n) {
    const std::size_t got = std::fread(to, 1, n, file.get());
    shoal::require(std::ferror(file.get()) == 0, "'{}' cannot be read: {}", name, std::strerror(errno));
    return got;
  }

  // After the end of a gzip member: the end of the file, or another member.
  void next_member() {
    if (zlib.avail_in < 2) fill();
    if (zlib.avail_in == 0) {
      ended = true;
      return;
    }
    const bool another = zlib.avail_in >= 2 && zlib.next_in[0] == 0x1f && zlib.next_in[1] == 0x8b;
    shoal::require(another, "'{}' goes on after its gzip data, which ends {} bytes before the end of {}", name,
                   file_bytes - used(), file_bytes);
    inflateReset(&zlib);
  }

  std::uint64_t used() const { return static_cast<std::uint64_t>(std::ftell(file.get())) - zlib.avail_in; }

  std::size_t inflate_into(Bytef* to, std::size_t n) {
    zlib.next_out = to;
    zlib.avail_out = static_cast<uInt>(n);
    while (zlib.avail_out > 0 && !ended) {
      if (zlib.avail_in == 0 && !fill()) {
        ended = cut_short = true;
        break;
      }
      const int status = inflate(&zlib, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        next_member();
      } else if (status == Z_MEM_ERROR) {
        throw std::bad_alloc();
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        throw shoal::InputError(shoal::text("'{}' is damaged: {}, at byte {} of {}", name,
                                            zlib.msg != nullptr ? zlib.msg : "its gzip data is wrong", used(),
                                            file_bytes));
      }
    }
    return n - zlib.avail_out;
  }
};

ByteStream::ByteStream(const std::filesystem::path& path, Unpack unpack) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.name = path.string();
  s.file = open_plain_file(path);
  std::array<unsigned char, 4> bytes{};
  const std::size_t got = s.read_file(bytes.data(), 2);
  s.gzip = unpack == Unpack::kGzip && got == 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
  std::fseek(s.file.get(), 0, SEEK_END);
  s.file_bytes = static_cast<std::uint64_t>(std::ftell(s.file.get()));
  if (s.gzip && s.file_bytes >= 4) {
    std::fseek(s.file.get(), -4, SEEK_END);
    if (s.read_file(bytes.data(), 4) == 4)
      s.size_hint =
          bytes[0] | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
  }
  std::rewind(s.file.get());
  if (s.gzip && inflateInit2(&s.zlib, 15 + 16) != Z_OK) throw std::bad_alloc();
}

ByteStream::~ByteStream() {
  if (state_->gzip) inflateEnd(&state_->zlib);
}

std::size_t ByteStream::read(void* to, std::size_t n) {
  State& s = *state_;
  auto* out = static_cast<Bytef*>(to);
  std::size_t done = 0;
  while (done < n) {
    const std::size_t piece = std::min<std::size_t>(n - done, 1u << 30);  // zlib counts in 32 bits
    const std::size_t got = s.gzip ? s.inflate_into(out + done, piece) : s.read_file(out + done, piece);
    done += got;
    if (got < piece) break;
  }
  return done;
}

std::uint64_t ByteStream::skip_rest() {
  std::vector<char> scratch(kBufferBytes);
  std::uint64_t total = 0;
  for (std::size_t got = 1; got > 0; total += got) got = read(scratch.data(), scratch.size());
  return total;
}

bool ByteStream::gzip() const { return state_->gzip; }
bool ByteStream::cut_short() const { return state_->cut_short; }
std::uint64_t ByteStream::file_bytes() const { return state_->file_bytes; }
std::uint32_t ByteStream::gzip_size_hint() const { return state_->size_hint; }

}  // namespace idx
