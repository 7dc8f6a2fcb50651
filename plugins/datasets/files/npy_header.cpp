#include "npy_header.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include "served.h"

namespace files {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kFixedBytes = 8;  // magic and version, before the header's length

/// The dictionary of a header, read strictly: the three keys once each, in any order, and nothing else. It has no
/// nesting, so neither has this.
class Dictionary {
 public:
  Dictionary(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  std::string descr;
  bool fortran_order = false;
  shoal::Shape shape;

  void read() {
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = read_string("a key");
      expect(':');
      if (key == "descr" && !has_descr) descr = read_descr(), has_descr = true;
      else if (key == "fortran_order" && !has_order) fortran_order = read_bool(), has_order = true;
      else if (key == "shape" && !has_shape) read_shape(), has_shape = true;
      else fail("one each of 'descr', 'fortran_order' and 'shape'");
      if (!accept(',') && !at('}')) fail("',' or '}'");
    }
    if (!has_descr || !has_order || !has_shape) fail("'descr', 'fortran_order' and 'shape'");
    skip_space();
    if (at_ < text_.size()) fail("nothing more");
  }

 private:
  [[noreturn]] void fail(std::string_view expected) const {
    throw shoal::InputError(shoal::text("'{}' has a header that is none of a .npy file: expected {} at byte {} of it",
                                        name_, expected, at_));
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool at(char wanted) {
    skip_space();
    return at_ < text_.size() && text_[at_] == wanted;
  }
  bool accept(char wanted) {
    const bool there = at(wanted);
    if (there) ++at_;
    return there;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail(std::string{'\'', wanted, '\''});
  }

  std::string read_string(std::string_view what) {
    const char quote = at('"') ? '"' : '\'';
    if (!accept(quote)) fail(what);
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos || end - at_ > 64) fail(what);  // the longest that is known has 13
    const std::string out(text_.substr(at_, end - at_));
    at_ = end + 1;
    return out;
  }
  std::string read_descr() {
    shoal::require(!at('[') && !at('('),
                   "'{}' has rows of several fields; save its columns as one array, numpy.lib.recfunctions."
                   "structured_to_unstructured(x) is one",
                   name_);
    return read_string("the type of the numbers");
  }
  bool read_bool() {
    skip_space();
    for (const std::string_view word : {"True", "False"}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return word == "True";
    }
    fail("True or False");
  }
  void read_shape() {
    expect('(');
    while (!accept(')')) {
      skip_space();
      shoal::Index size = 0;
      const char* begin = text_.data() + at_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), size);
      if (error == std::errc::invalid_argument || size < 0) fail("a size of at least 0");
      shoal::require(error == std::errc(), "'{}' has a size of 2^63 or more at byte {} of its header", name_, at_);
      at_ += static_cast<std::size_t>(end - begin);
      shape.push_back(size);
      shoal::require(shape.size() <= shoal::detail::kMaxRank, "'{}' has more than {} axes", name_,
                     shoal::detail::kMaxRank);
      if (!accept(',') && !at(')')) fail("',' or ')'");
    }
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) out = out << 8 | static_cast<std::uint8_t>(bytes[i]);
  return out;
}

/// The dictionary's text.
std::string_view header_text(std::string_view file, std::uint64_t bytes, const std::string& name) {
  shoal::require(!file.starts_with("PK\3\4"),
                 "'{}' is an archive, as numpy.savez writes; dataset/npz reads it, and numpy.save writes .npy files",
                 name);
  shoal::require(file.starts_with(kMagic), "'{}' is no .npy file: it does not begin with '\\x93NUMPY'{}", name,
                 what_it_is(file));
  shoal::require(file.size() >= kFixedBytes + 2, "'{}' ends within its header, after {} bytes", name, file.size());
  const int major = static_cast<std::uint8_t>(file[6]), minor = static_cast<std::uint8_t>(file[7]);
  shoal::require(major >= 1 && major <= 3 && minor == 0, "'{}' is of format {}.{}; 1.0, 2.0 and 3.0 are known here",
                 name, major, minor);
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t begin = kFixedBytes + length_bytes;
  shoal::require(file.size() >= begin, "'{}' ends within its header, after {} bytes", name, file.size());
  const std::uint64_t length = little_endian(file.substr(kFixedBytes, length_bytes));
  shoal::require(length <= bytes - begin, "'{}' says that its header has {} bytes, but {} are left in the file", name,
                 length, bytes - begin);
  shoal::require(length <= file.size() - begin, "'{}' has a header of {} bytes; at most {} are known here", name,
                 length, file.size() - begin);
  return file.substr(begin, length);
}

/// Kind and size of one number.
void read_type(NpyHeader& out, const std::string& name) {
  const std::string& d = out.descr;
  shoal::require(d.size() < 2 || d[1] != 'O', "'{}' holds Python objects, not numbers; x.astype('<f4') are numbers",
                 name);
  const bool known = d.size() == 3 && std::string_view("<>|").find(d[0]) != std::string_view::npos &&
                     std::string_view("biuf").find(d[1]) != std::string_view::npos &&
                     std::string_view("1248").find(d[2]) != std::string_view::npos;
  shoal::require(known, "'{}' holds numbers of type '{}'; known here are integers and floats, as of x.astype('<f4')",
                 name, d);
  out.kind = d[1];
  out.bytes = d[2] - '0';
  shoal::require(d[0] == '<' || out.bytes == 1, "'{}' is big-endian ('{}'); x.astype('<{}') is not", name, d,
                 d.substr(1));
}

/// How many bytes the numbers take; none where that is 2^63 or more.
std::optional<std::uint64_t> data_bytes(const NpyHeader& header) {
  shoal::Index out = header.bytes;
  for (const shoal::Index size : header.shape)
    if (size == 0) return 0;
  for (const shoal::Index size : header.shape)
    if (__builtin_mul_overflow(out, size, &out)) return std::nullopt;
  return static_cast<std::uint64_t>(out);
}

}  // namespace

NpyHeader read_npy_header(std::string_view file, const std::string& name) {
  return read_npy_header(file, file.size(), name);
}

NpyHeader read_npy_header(std::string_view file, std::uint64_t bytes, const std::string& name) {
  const std::string_view text = header_text(file, bytes, name);
  Dictionary dictionary(text, name);
  dictionary.read();
  NpyHeader out{.descr = dictionary.descr,
                .shape = dictionary.shape,
                .data_at = static_cast<std::size_t>(text.data() + text.size() - file.data())};
  read_type(out, name);
  shoal::require(!dictionary.fortran_order || out.shape.size() < 2,
                 "'{}' is in Fortran order, column after column; numpy.ascontiguousarray(x) is not", name);
  const std::optional<std::uint64_t> wanted = data_bytes(out);
  const std::uint64_t got = bytes - out.data_at;
  shoal::require(wanted == got, "'{}' says that it holds {} of '{}', {} bytes, but {} bytes follow its header", name,
                 shoal::to_string(out.shape), out.descr, wanted ? std::to_string(*wanted) : "2^63 or more", got);
  return out;
}

}  // namespace files
