#include "zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <new>

#include "served.h"
#include "shoal/error.h"

namespace npz {
namespace {

constexpr std::size_t kEndBytes = 22, kEntryBytes = 46, kLocalBytes = 30, kLocatorBytes = 20, kEnd64Bytes = 56;
constexpr std::uint32_t kIn64 = 0xffffffff;   // "see the zip64 field"
constexpr std::uint64_t kMostPerByte = 1032;  // deflate: 258 bytes by two bits

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = size; i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}
std::uint32_t u16(std::string_view bytes, std::size_t at) { return static_cast<std::uint32_t>(number(bytes, at, 2)); }
std::uint32_t u32(std::string_view bytes, std::size_t at) { return static_cast<std::uint32_t>(number(bytes, at, 4)); }
std::uint64_t u64(std::string_view bytes, std::size_t at) { return number(bytes, at, 8); }

/// Where the central directory is.
struct Directory {
  std::uint64_t at = 0, bytes = 0, entries = 0;
};

class ZipReader {
 public:
  ZipReader(std::string_view file, const std::string& name) : file_(file), name_(name) {}

  std::vector<ZipMember> read() {
    const Directory directory = find_directory();
    std::string_view left = file_.substr(directory.at, directory.bytes);
    std::vector<ZipMember> out;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
      entry_at_ = static_cast<std::size_t>(left.data() - file_.data());
      require(left.size() >= kEntryBytes && left.starts_with("PK\1\2"), "entry {} of {} of its directory is none",
              i + 1, directory.entries);
      const std::size_t name_bytes = u16(left, 28), extra_bytes = u16(left, 30), comment_bytes = u16(left, 32);
      const std::size_t all = kEntryBytes + name_bytes + extra_bytes + comment_bytes;
      require(left.size() >= all, "entry {} of {} of its directory ends beyond it", i + 1, directory.entries);
      out.push_back(read_entry(left.substr(0, kEntryBytes), std::string(left.substr(kEntryBytes, name_bytes)),
                               left.substr(kEntryBytes + name_bytes, extra_bytes), directory));
      left.remove_prefix(all);
    }
    require(left.empty(), "its directory goes on after its {} entries", directory.entries);
    return out;
  }

 private:
  template <typename... Arguments>
  void require(bool holds, std::string_view what, const Arguments&... arguments) const {
    if (!holds)
      throw shoal::InputError(
          shoal::text("'{}' is a damaged archive: {}, at byte {}", name_, shoal::text(what, arguments...), entry_at_));
  }

  Directory find_directory() {
    shoal::require(file_.starts_with("PK\3\4") || file_.starts_with("PK\5\6"),
                   "'{}' is no .npz archive: it does not begin with 'PK'{}", name_, files::what_it_is(file_));
    const std::size_t end = find_end();
    entry_at_ = end;
    Directory out{.at = u32(file_, end + 16), .bytes = u32(file_, end + 12), .entries = u16(file_, end + 10)};
    std::size_t limit = end;
    require(u16(file_, end + 4) == 0 || u16(file_, end + 4) == 0xffff, "it is one of several parts");
    const bool has_locator = end >= kLocatorBytes && file_.substr(end - kLocatorBytes).starts_with("PK\6\7");
    if (has_locator) {
      const std::uint64_t at = u64(file_, end - kLocatorBytes + 8);
      limit = end - kLocatorBytes;
      require(limit >= kEnd64Bytes && at <= limit - kEnd64Bytes && file_.substr(at).starts_with("PK\6\6"),
              "its zip64 record is not where it should be, at byte {}", at);
      out = {.at = u64(file_, at + 48), .bytes = u64(file_, at + 40), .entries = u64(file_, at + 32)};
      limit = at;
    }
    require(out.at <= limit && out.bytes <= limit - out.at, "its directory of {} bytes at byte {} is not within it",
            out.bytes, out.at);
    require(out.entries <= out.bytes / kEntryBytes, "{} entries are more than {} bytes hold", out.entries, out.bytes);
    return out;
  }

  /// Where the record at the end is: the last of its signature whose comment ends with the file.
  std::size_t find_end() const {
    const std::size_t size = file_.size();
    for (std::size_t back = kEndBytes; back <= std::min<std::size_t>(size, kEndBytes + 0xffff); ++back) {
      const std::size_t at = size - back;
      if (file_.substr(at).starts_with("PK\5\6") && u16(file_, at + 20) == back - kEndBytes) return at;
    }
    throw shoal::InputError(
        shoal::text("'{}' is an archive without its end: it was cut short, at {} bytes", name_, size));
  }

  ZipMember read_entry(std::string_view entry, std::string member_name, std::string_view extra,
                       const Directory& directory) {
    ZipMember out{.name = std::move(member_name), .bytes = u32(entry, 24), .crc = u32(entry, 16)};
    std::uint64_t packed = u32(entry, 20), at = u32(entry, 42);
    read_zip64(extra, out.bytes, packed, at);
    const std::uint32_t flags = u16(entry, 8), method = u16(entry, 10);
    shoal::require((flags & 1) == 0, "'{}', array '{}': it is encrypted", name_, out.name);
    shoal::require(method == 0 || method == 8,
                   "'{}', array '{}': it is packed by method {}; 0 (not) and 8 (deflate) are known here", name_,
                   out.name, method);
    out.deflated = method == 8;
    require(at <= directory.at && directory.at - at >= kLocalBytes && file_.substr(at).starts_with("PK\3\4"),
            "member '{}' is not where it should be, at byte {}", out.name, at);
    const std::uint64_t header = kLocalBytes + u16(file_, at + 26) + u16(file_, at + 28);
    require(header <= directory.at - at && packed <= directory.at - at - header,
            "member '{}' of {} bytes at byte {} reaches into the directory", out.name, packed, at);
    require(file_.substr(at + kLocalBytes, u16(file_, at + 26)) == out.name, "member '{}' has another name at byte {}",
            out.name, at);
    out.packed = file_.substr(at + header, packed);
    require(out.deflated || packed == out.bytes, "member '{}' lies as it is, but has {} bytes in {}", out.name,
            out.bytes, packed);
    require(out.bytes / kMostPerByte <= packed, "member '{}' cannot have {} bytes, packed into {}", out.name, out.bytes,
            packed);
    return out;
  }

  /// Sizes that do not fit into 32 bits, in this order and each only where it is needed.
  void read_zip64(std::string_view extra, std::uint64_t& bytes, std::uint64_t& packed, std::uint64_t& at) const {
    while (extra.size() >= 4) {
      const std::size_t size = u16(extra, 2);
      require(size <= extra.size() - 4, "a field of {} bytes is longer than its entry", size);
      if (u16(extra, 0) == 1) {
        std::string_view field = extra.substr(4, size);
        for (std::uint64_t* value : {&bytes, &packed, &at}) {
          if (*value != kIn64) continue;
          require(field.size() >= 8, "its zip64 field is too short");
          *value = u64(field, 0);
          field.remove_prefix(8);
        }
      }
      extra.remove_prefix(4 + size);
    }
  }

  std::string_view file_;
  const std::string& name_;
  std::size_t entry_at_ = 0;  // for messages
};

/// Deflated data, unpacked from front to end.
class Inflater {
 public:
  explicit Inflater(std::string_view packed) : packed_(packed) {
    if (inflateInit2(&zlib_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&zlib_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// The next `n` bytes; fewer at the end. Throws InputError where the data is damaged.
  std::size_t read(char* to, std::size_t n, const std::string& name) {
    constexpr std::size_t kAtOnce = 1u << 30;  // zlib counts in 32 bits
    std::size_t done = 0;
    while (done < n && !ended_) {
      const std::size_t in = std::min(packed_.size() - used_, kAtOnce), out = std::min(n - done, kAtOnce);
      zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed_.data() + used_));
      zlib_.avail_in = static_cast<uInt>(in);
      zlib_.next_out = reinterpret_cast<Bytef*>(to + done);
      zlib_.avail_out = static_cast<uInt>(out);
      const int status = inflate(&zlib_, Z_NO_FLUSH);
      used_ += in - zlib_.avail_in;
      done += out - zlib_.avail_out;
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      ended_ = status == Z_STREAM_END;
      const bool stuck = status == Z_BUF_ERROR && used_ == packed_.size();
      shoal::require(status == Z_OK || ended_ || (status == Z_BUF_ERROR && !stuck),
                     "{} is damaged: {}, at byte {} of {} packed ones", name,
                     stuck                  ? "its data ends too early"
                     : zlib_.msg != nullptr ? zlib_.msg
                                            : "its data is wrong",
                     used_, packed_.size());
    }
    return done;
  }

 private:
  std::string_view packed_;
  std::size_t used_ = 0;
  bool ended_ = false;
  z_stream zlib_{};
};

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void require_crc(const ZipMember& member, std::string_view contents, const std::string& name) {
  shoal::require(crc_of(contents) == member.crc, "{} is damaged: its CRC-32 is {}, but the archive says {}", name,
                 crc_of(contents), member.crc);
}

}  // namespace

std::vector<ZipMember> read_zip(std::string_view file, const std::string& name) { return ZipReader(file, name).read(); }

std::string unpack_start(const ZipMember& member, std::size_t n, const std::string& name) {
  if (!member.deflated) return std::string(member.packed.substr(0, n));
  std::string out(std::min<std::uint64_t>(n, member.bytes), '\0');
  out.resize(Inflater(member.packed).read(out.data(), out.size(), name));
  return out;
}

void unpack(const ZipMember& member, char* to, const std::string& name) {
  if (!member.deflated) {
    member.packed.copy(to, member.packed.size());
  } else {
    Inflater inflater(member.packed);
    const std::size_t got = inflater.read(to, member.bytes, name);
    char more;
    const bool longer = got == member.bytes && inflater.read(&more, 1, name) == 1;
    shoal::require(got == member.bytes && !longer,
                   "{} is damaged: it unpacks to {} than the {} bytes that the archive says", name,
                   longer ? "more" : "less", member.bytes);
  }
  require_crc(member, {to, member.bytes}, name);
}

void require_intact(const ZipMember& member, const std::string& name) { require_crc(member, member.packed, name); }

}  // namespace npz
