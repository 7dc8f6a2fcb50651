#include "batches.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "byte_stream.h"
#include "shoal/error.h"

namespace cifar {
namespace {

using shoal::Index;

constexpr std::size_t kPiece = 1 << 20, kTarBlock = 512;

/// Reads up to `n` bytes after what `out` holds; returns how many.
std::size_t append(const shoal::Context& context, idx::ByteStream& stream, std::uint64_t n, Records& out) {
  std::size_t done = 0;
  while (done < n) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(n - done, kPiece));
    out.resize(out.size() + wanted);
    const std::size_t got = stream.read(out.data() + out.size() - wanted, wanted);
    out.resize(out.size() - wanted + got);
    done += got;
    context.progress(static_cast<Index>(out.size()), 0, "bytes");
    if (got < wanted) break;
  }
  return done;
}

/// Throws unless `records`, the contents of what is called `name`, are whole records.
void check(const Records& records, const std::string& name) {
  const auto size = static_cast<Index>(records.size());
  shoal::require(size > 0, "{} is empty", name);
  shoal::require(size % kRecordBytes == 0, "{} has {} bytes, which are {} records of {} and {} bytes more", name, size,
                 size / kRecordBytes, kRecordBytes, size % kRecordBytes);
  for (Index at = 0; at < size; at += kRecordBytes)
    shoal::require(records[static_cast<std::size_t>(at)] < kClasses,
                   "{} has class {} in record {} (byte {}); classes are 0 to {}", name,
                   static_cast<int>(records[static_cast<std::size_t>(at)]), at / kRecordBytes, at, kClasses - 1);
}

/// A member of a tar archive, as its header says.
struct TarMember {
  std::string name;  ///< without folders
  std::uint64_t bytes = 0;
  bool file = false;
};

class TarReader {
 public:
  TarReader(const shoal::Context& context, const std::filesystem::path& path)
      : context_(context), name_(path.string()), stream_(path) {}

  /// False at the end.
  bool next(TarMember& out) {
    Records block;
    const std::size_t got = append(context_, stream_, kTarBlock, block);
    if (got == 0 && at_ > 0 && !stream_.cut_short()) return false;
    require(got == kTarBlock, "it ends within a header");
    at_ += kTarBlock;
    if (std::ranges::count(block, 0) == static_cast<std::ptrdiff_t>(kTarBlock)) return false;
    std::uint64_t sum = 0;  // of the header, its own sum counted as spaces
    for (std::size_t i = 0; i < kTarBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : block[i];
    const std::string_view header(reinterpret_cast<const char*>(block.data()), block.size());
    require(octal(header.substr(148, 8)) == sum, "the sum of a header is wrong");
    const std::string_view name = header.substr(0, std::min<std::size_t>(header.find('\0'), 100));
    out.name = name.substr(name.rfind('/') + 1);
    out.bytes = octal(header.substr(124, 12));
    out.file = header[156] == '0' || header[156] == '\0';
    return true;
  }

  Records contents(const TarMember& member) {
    Records out;
    require(append(context_, stream_, member.bytes, out) == member.bytes, "it ends within '" + member.name + "'");
    at_ += member.bytes;
    skip((kTarBlock - member.bytes % kTarBlock) % kTarBlock);
    return out;
  }
  void skip(std::uint64_t bytes) {
    for (std::uint64_t left = bytes; left > 0;) {
      Records ignored;
      const std::uint64_t n = std::min<std::uint64_t>(left, kPiece);
      require(append(context_, stream_, n, ignored) == n, "it ends too early");
      left -= n;
    }
    at_ += bytes;
  }
  void skip(const TarMember& member) { skip((member.bytes + kTarBlock - 1) / kTarBlock * kTarBlock); }

 private:
  void require(bool holds, const std::string& what) const {
    shoal::require(holds, "'{}' is no tar archive, or a damaged one: {}, at byte {} unpacked", name_, what, at_);
  }
  std::uint64_t octal(std::string_view digits) const {
    std::uint64_t out = 0;
    for (const char digit : digits) {
      if (digit == ' ' || digit == '\0') continue;
      require(digit >= '0' && digit <= '7', "a header has a number that is none");
      out = out << 3 | static_cast<std::uint64_t>(digit - '0');
    }
    return out;
  }

  const shoal::Context& context_;
  std::string name_;
  idx::ByteStream stream_;
  std::uint64_t at_ = 0;
};

Records joined(const std::vector<Records>& parts) {
  std::size_t size = 0;
  for (const Records& part : parts) size += part.size();
  Records out;
  out.reserve(size);
  for (const Records& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace

Records read_batches(const shoal::Context& context, const std::vector<std::filesystem::path>& files) {
  std::vector<Records> parts;
  for (const std::filesystem::path& file : files) {
    idx::ByteStream stream(file);
    append(context, stream, ~std::uint64_t{0}, parts.emplace_back());
    shoal::require(!stream.cut_short(), "'{}' is cut short: its gzip data ends too early", file.string());
    check(parts.back(), "'" + file.string() + "'");
  }
  return joined(parts);
}

Records read_archive(const shoal::Context& context, const std::filesystem::path& archive,
                     const std::vector<std::string>& names) {
  std::map<std::string, Records> found;
  TarReader tar(context, archive);
  for (TarMember member; found.size() < names.size() && tar.next(member);) {
    if (!member.file || std::ranges::find(names, member.name) == names.end()) {
      tar.skip(member);
      continue;
    }
    Records records = tar.contents(member);
    check(records, shoal::text("'{}', member '{}',", archive.string(), member.name));
    found[member.name] = std::move(records);
  }
  std::vector<Records> parts;
  for (const std::string& name : names) {
    shoal::require(found.contains(name), "'{}' has no member '{}'", archive.string(), name);
    parts.push_back(std::move(found[name]));
  }
  return joined(parts);
}

}  // namespace cifar
