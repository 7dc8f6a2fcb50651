#include "tensors.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "served.h"
#include "shoal/error.h"

namespace safetensors {
namespace {

using nlohmann::json;
using shoal::Index;

constexpr std::uint64_t kMostHeaderBytes = 100'000'000;  // the reference implementation's bound

// Of whole bytes; those of 4 and 6 bits are refused as unknown.
constexpr std::array<std::pair<std::string_view, Index>, 17> kDTypes = {{{"BOOL", 1},
                                                                         {"U8", 1},
                                                                         {"I8", 1},
                                                                         {"F8_E5M2", 1},
                                                                         {"F8_E4M3", 1},
                                                                         {"F8_E8M0", 1},
                                                                         {"F8_E4M3FNUZ", 1},
                                                                         {"F8_E5M2FNUZ", 1},
                                                                         {"I16", 2},
                                                                         {"U16", 2},
                                                                         {"F16", 2},
                                                                         {"BF16", 2},
                                                                         {"I32", 4},
                                                                         {"U32", 4},
                                                                         {"F32", 4},
                                                                         {"F64", 8},
                                                                         {"I64", 8}}};

Index bytes_of(std::string_view dtype) {
  if (dtype == "U64" || dtype == "C64") return 8;
  for (const auto& [name, bytes] : kDTypes)
    if (name == dtype) return bytes;
  return 0;
}

/// A tensor and where its bytes begin and end.
struct Entry {
  std::string name, dtype;
  shoal::Shape shape;
  std::uint64_t from = 0, to = 0;
};

/// The header, event after event: there is one form that it may have, and this follows it.
class HeaderReader final : public nlohmann::json_sax<json> {
 public:
  std::vector<Entry> entries;
  std::string wrong;  ///< what was not as it should be

  bool null() override { return fail("null"); }
  bool boolean(bool) override { return fail("true or false"); }
  bool number_integer(number_integer_t number) override { return fail(shoal::text("{}", number)); }
  bool number_float(number_float_t, const string_t& text) override { return fail(text); }
  bool binary(binary_t&) override { return fail("binary data"); }

  bool number_unsigned(number_unsigned_t number) override {
    if (place_ == Place::kShape) {
      if (number > std::uint64_t{1} << 62) return fail(shoal::text("a size of {}", number));
      if (entries.back().shape.size() == 64) return fail("more than 64 sizes");
      entries.back().shape.push_back(static_cast<Index>(number));
      return true;
    }
    if (place_ != Place::kOffsets || offsets_ == 2) return fail(shoal::text("{}", number));
    (offsets_++ == 0 ? entries.back().from : entries.back().to) = number;
    return true;
  }
  bool string(string_t& text) override {
    if (place_ == Place::kMetadata) return true;
    if (place_ != Place::kTensor || key_ != "dtype") return fail("'" + text.substr(0, 40) + "'");
    entries.back().dtype = text;
    return true;
  }
  bool start_object(std::size_t) override {
    switch (place_) {
      case Place::kStart: place_ = Place::kTop; return true;
      case Place::kTop:
        place_ = key_ == "__metadata__" ? Place::kMetadata : Place::kTensor;
        seen_.clear();
        return true;
      default: return fail("an object");
    }
  }
  bool key(string_t& text) override {
    key_ = text;
    if (place_ == Place::kTop) {
      if (text != "__metadata__") entries.push_back({.name = text, .dtype = {}, .shape = {}});
      else if (std::exchange(metadata_, true)) return fail("'__metadata__' a second time");
      return true;
    }
    if (place_ == Place::kMetadata) return true;
    const bool known = text == "dtype" || text == "shape" || text == "data_offsets";
    if (!known || std::ranges::find(seen_, text) != seen_.end()) return fail("'" + text.substr(0, 40) + "'");
    seen_.push_back(text);
    return true;
  }
  bool end_object() override {
    if (place_ == Place::kTensor && seen_.size() != 3)
      return fail("'" + entries.back().name + "' without all of 'dtype', 'shape' and 'data_offsets'");
    place_ = place_ == Place::kTop ? Place::kEnd : Place::kTop;
    key_.clear();
    return true;
  }
  bool start_array(std::size_t) override {
    if (place_ != Place::kTensor || (key_ != "shape" && key_ != "data_offsets")) return fail("an array");
    place_ = key_ == "shape" ? Place::kShape : Place::kOffsets;
    offsets_ = 0;
    return true;
  }
  bool end_array() override {
    if (place_ == Place::kOffsets && offsets_ != 2) return fail("one offset where two belong");
    place_ = Place::kTensor;
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
    wrong = shoal::text("it is no JSON, at byte {} of it", at == 0 ? 0 : at - 1);
    return false;
  }

 private:
  enum class Place { kStart, kTop, kMetadata, kTensor, kShape, kOffsets, kEnd };

  bool fail(const std::string& found) {
    wrong = (key_.empty() ? "there is " : "at '" + key_.substr(0, 80) + "' there is ") + found +
            ", which does not belong there";
    return false;
  }

  Place place_ = Place::kStart;
  std::string key_;
  std::vector<std::string> seen_;  // of this tensor
  int offsets_ = 0;
  bool metadata_ = false;
};

/// What the shape takes; −1 where that is 2^63 or more.
Index bytes_of(const Entry& entry) {
  Index out = bytes_of(entry.dtype);
  if (std::ranges::find(entry.shape, 0) != entry.shape.end()) return 0;
  for (const Index size : entry.shape)
    if (__builtin_mul_overflow(out, size, &out)) return -1;
  return out;
}

void check(std::vector<Entry>& entries, std::uint64_t data_bytes, const std::string& name) {
  std::ranges::sort(entries, {}, [](const Entry& e) { return std::pair(e.from, e.to); });
  std::uint64_t end = 0;
  for (const Entry& e : entries) {
    shoal::require(bytes_of(e.dtype) > 0, "'{}', tensor '{}': dtype '{}' is not known here", name, e.name, e.dtype);
    shoal::require(
        e.from == end && e.to >= e.from,
        "'{}', tensor '{}' lies in bytes {} to {}, but should begin at {}: tensors neither overlap nor leave gaps",
        name, e.name, e.from, e.to, end);
    const Index wanted = bytes_of(e);
    shoal::require(std::cmp_equal(wanted, e.to - e.from), "'{}', tensor '{}': {} of {} are {} bytes, but it has {}",
                   name, e.name, shoal::to_string(e.shape), e.dtype,
                   wanted < 0 ? "2^63 or more" : std::to_string(wanted), e.to - e.from);
    end = e.to;
  }
  shoal::require(end == data_bytes, "'{}' says that its tensors have {} bytes, but {} follow its header", name, end,
                 data_bytes);
  std::vector<std::string_view> names;
  for (const Entry& e : entries) names.push_back(e.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  shoal::require(twice == names.end(), "'{}' has two tensors '{}'", name, twice == names.end() ? "" : *twice);
}

}  // namespace

std::vector<Tensor> read_tensors(std::string_view file, const std::string& name) {
  const std::string other = file.size() >= 9 && file[8] == '{' ? "" : files::what_it_is(file);
  shoal::require(other.empty(), "'{}' is no safetensors file{}", name, other);
  shoal::require(file.size() >= 8,
                 "'{}' is no safetensors file: it has {} bytes, fewer than the 8 of its header's length", name,
                 file.size());
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8 | static_cast<unsigned char>(file[i]);
  shoal::require(length <= kMostHeaderBytes,
                 "'{}' is no safetensors file: its header would have {} bytes, at most {} are allowed", name, length,
                 kMostHeaderBytes);
  shoal::require(length <= file.size() - 8, "'{}' says that its header has {} bytes, but {} are left in the file", name,
                 length, file.size() - 8);
  const std::string_view header = file.substr(8, length), data = file.substr(8 + length);
  shoal::require(header.starts_with('{'), "'{}' is no safetensors file: its header does not begin with '{'", name);
  HeaderReader reader;
  const bool read = json::sax_parse(header, &reader);
  shoal::require(read && reader.wrong.empty(), "'{}' has a wrong header: {}", name, reader.wrong);
  check(reader.entries, data.size(), name);

  std::vector<Tensor> out;
  for (Entry& e : reader.entries)
    out.push_back({std::move(e.name), std::move(e.dtype), std::move(e.shape), data.substr(e.from, e.to - e.from)});
  return out;
}

}  // namespace safetensors
