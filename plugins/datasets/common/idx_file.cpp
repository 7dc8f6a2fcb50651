#include "idx_file.h"

#include <algorithm>
#include <array>

#include "byte_stream.h"

namespace idx {
namespace {

constexpr int kMaxRank = 8;

std::string hex_bytes(const std::uint8_t* bytes, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) out += ' ';
    out += "0123456789abcdef"[bytes[i] >> 4];
    out += "0123456789abcdef"[bytes[i] & 15];
  }
  return out;
}

std::string describe(const IdxHeader& header) {
  return shoal::text("{} {}", shoal::to_string(header.shape), name(header.type));
}

[[noreturn]] void throw_wrong_size(const std::string& file, const IdxHeader& header, std::uint64_t data_bytes,
                                   bool cut_short) {
  const char* what = data_bytes > header.data_bytes ? "is too long" : "is truncated";
  throw shoal::InputError(shoal::text("'{}' {}: its header says {}, which takes {} bytes, but {}{} bytes follow it{}",
                                      file, what, describe(header), header.data_bytes,
                                      data_bytes < header.data_bytes ? "only " : "", data_bytes,
                                      cut_short ? " (its gzip data ends in the middle)" : ""));
}

// Reads the header itself; `raw` gets its bytes.
IdxHeader parse_header(const std::string& file, ByteStream& stream, std::vector<std::uint8_t>& raw) {
  raw.resize(4);
  const std::size_t got = stream.read(raw.data(), 4);
  shoal::require(got > 0, "'{}' is empty{}: an IDX file has at least 8 bytes", file,
                 stream.cut_short() ? " or cut short" : "");
  shoal::require(got == 4 && raw[0] == 0 && raw[1] == 0,
                 "'{}' is not an IDX file: it starts with {}, an IDX file with 00 00, "
                 "a type and a rank",
                 file, hex_bytes(raw.data(), got));
  constexpr std::array<int, 6> kTypes = {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E};
  shoal::require(std::ranges::find(kTypes, raw[2]) != kTypes.end(),
                 "'{}' is not an IDX file: its type is {}, known are 08 09 0b 0c 0d 0e", file, hex_bytes(&raw[2], 1));
  const int rank = raw[3];
  shoal::require(rank >= 1 && rank <= kMaxRank, "'{}' has rank {}; 1 to {} is known here", file, rank, kMaxRank);

  raw.resize(4 + 4 * static_cast<std::size_t>(rank));
  const std::size_t sizes = stream.read(raw.data() + 4, raw.size() - 4);
  shoal::require(sizes == raw.size() - 4,
                 "'{}' is truncated: its header of rank {} takes {} bytes, but there are only {}", file, rank,
                 raw.size(), 4 + sizes);
  IdxHeader header{.type = static_cast<IdxType>(raw[2]),
                   .header_bytes = raw.size(),
                   .data_bytes = bytes_of(static_cast<IdxType>(raw[2]))};
  bool fits = true;
  for (std::size_t i = 4; i < raw.size(); i += 4) {
    const std::uint32_t size =
        std::uint32_t{raw[i]} << 24 | std::uint32_t{raw[i + 1]} << 16 | std::uint32_t{raw[i + 2]} << 8 | raw[i + 3];
    header.shape.push_back(size);
    fits = fits && !__builtin_mul_overflow(header.data_bytes, std::uint64_t{size}, &header.data_bytes);
  }
  shoal::require(std::ranges::find(header.shape, 0) == header.shape.end(), "'{}' holds nothing: its header says {}",
                 file, describe(header));
  shoal::require(fits && header.data_bytes < (std::uint64_t{1} << 62),
                 "'{}' lies: its header says {}, more than any disk holds; the file has {} bytes", file,
                 describe(header), stream.file_bytes());
  return header;
}

// Whether the header agrees with what is known of the size without unpacking. deflate packs at most 1032 to 1.
bool plausible(const IdxHeader& header, const ByteStream& stream) {
  const std::uint64_t claimed = header.header_bytes + header.data_bytes;
  if (!stream.gzip()) return claimed == stream.file_bytes();
  return static_cast<std::uint32_t>(claimed) == stream.gzip_size_hint() && claimed / 1032 <= stream.file_bytes();
}

}  // namespace

const char* name(IdxType type) {
  switch (type) {
    case IdxType::kUInt8: return "uint8";
    case IdxType::kInt8: return "int8";
    case IdxType::kInt16: return "int16";
    case IdxType::kInt32: return "int32";
    case IdxType::kFloat32: return "float32";
    case IdxType::kFloat64: return "float64";
  }
  return "?";
}

std::size_t bytes_of(IdxType type) {
  switch (type) {
    case IdxType::kUInt8:
    case IdxType::kInt8: return 1;
    case IdxType::kInt16: return 2;
    case IdxType::kInt32:
    case IdxType::kFloat32: return 4;
    case IdxType::kFloat64: return 8;
  }
  return 0;
}

IdxHeader read_idx_header(const std::filesystem::path& file) {
  ByteStream stream(file);
  std::vector<std::uint8_t> raw;
  IdxHeader header = parse_header(file.string(), stream, raw);
  if (plausible(header, stream)) return header;
  const std::uint64_t follow = stream.gzip() ? stream.skip_rest() : stream.file_bytes() - header.header_bytes;
  if (follow != header.data_bytes || stream.cut_short())
    throw_wrong_size(file.string(), header, follow, stream.cut_short());
  return header;
}

IdxFile load_idx(const std::filesystem::path& file, Sha256* digest) {
  ByteStream stream(file);
  std::vector<std::uint8_t> raw;
  IdxFile out{.header = parse_header(file.string(), stream, raw), .data = {}};
  if (digest != nullptr) digest->add(raw.data(), raw.size());

  // A first piece that the size of the file vouches for: enough for honest images, which pack to a fifth or so.
  const std::uint64_t total = out.header.data_bytes;
  std::uint64_t room = std::min(total, stream.gzip() ? 16 * stream.file_bytes() : stream.file_bytes());
  std::uint64_t done = 0;
  while (done < total) {
    out.data.resize(room);
    const std::size_t got = stream.read(out.data.data() + done, room - done);
    if (digest != nullptr) digest->add(out.data.data() + done, got);
    done += got;
    if (done < room) break;
    room = std::min(total, 2 * room);
  }
  const std::uint64_t rest = stream.skip_rest();
  if (done < total || rest > 0 || stream.cut_short())
    throw_wrong_size(file.string(), out.header, done + rest, stream.cut_short());
  return out;
}

}  // namespace idx
