#include "served.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace files {
namespace {

using shoal::DType;
using shoal::Index;

static_assert(std::endian::native == std::endian::little, "numbers are used as they lie in the file");

constexpr Index kBlockRows = 1024;  // copied by one thread at a time

float from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

float from_float16(std::uint16_t bits) {
  const std::uint32_t sign = std::uint32_t{bits & 0x8000u} << 16;
  const std::uint32_t exponent = bits >> 10 & 31u, fraction = bits & 1023u;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);  // infinity, NaN
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  const float tiny = static_cast<float>(fraction) * 0x1p-24f;  // zero and the subnormal
  return sign != 0 ? -tiny : tiny;
}

/// One example of 16-bit numbers, widened.
void widen(Stored stored, const char* from, float* to, Index columns) {
  for (Index j = 0; j < columns; ++j) {
    std::uint16_t bits;
    std::memcpy(&bits, from + 2 * j, 2);
    to[j] = stored == Stored::kFloat16 ? from_float16(bits) : from_bfloat16(bits);
  }
}

/// Number `row` of integers, in a type that holds it.
template <typename Use>
void use_integer(const Labels& labels, Index row, Use&& use) {
  const auto as = [&]<typename Number>(Number number) {
    std::memcpy(&number, labels.first + row * labels.step, sizeof(Number));
    use(number);
  };
  switch (labels.bytes) {
    case 1: return labels.is_signed ? as(std::int8_t{}) : as(std::uint8_t{});
    case 2: return labels.is_signed ? as(std::int16_t{}) : as(std::uint16_t{});
    case 4: return labels.is_signed ? as(std::int32_t{}) : as(std::uint32_t{});
    default: return labels.is_signed ? as(std::int64_t{}) : as(std::uint64_t{});
  }
}

}  // namespace

DType served_dtype(Stored stored) {
  switch (stored) {
    case Stored::kUInt8: return DType::kUInt8;
    case Stored::kFloat64: return DType::kFloat64;
    default: return DType::kFloat32;
  }
}

Index bytes_of(Stored stored) {
  switch (stored) {
    case Stored::kUInt8: return 1;
    case Stored::kFloat16:
    case Stored::kBFloat16: return 2;
    case Stored::kFloat32: return 4;
    case Stored::kFloat64: break;
  }
  return 8;
}

Index Examples::columns() const {
  Index out = 1;
  for (const Index size : shape) out *= size;
  return out;
}

void require_known(std::span<const Index> which, Index count) {
  for (const Index i : which) shoal::require(i >= 0 && i < count, "example {} of {} does not exist", i, count);
}

std::optional<shoal::ConstArray> view_of(const Examples& examples) {
  const DType dtype = served_dtype(examples.stored);
  const Index size = shoal::bytes_of(dtype);
  const bool as_they_are = size == bytes_of(examples.stored) && examples.step % size == 0 &&
                           reinterpret_cast<std::uintptr_t>(examples.first) % static_cast<std::size_t>(size) == 0;
  if (!as_they_are) return std::nullopt;
  shoal::Shape shape = examples.shape, strides(shape.size() + 1, 1);
  shape.insert(shape.begin(), examples.count);
  for (std::size_t i = shape.size() - 1; i > 1; --i) strides[i - 1] = strides[i] * shape[i];
  strides[0] = examples.step / size;
  const auto [code, bits] = shoal::detail::code_and_bits(dtype);
  return shoal::ConstArray(shoal_array{const_cast<char*>(examples.first), 1, 0, static_cast<int>(shape.size()),
                                       static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(bits), 1,
                                       shape.data(), strides.data(), 0});
}

void copy_examples(const shoal::Context& context, const Examples& examples, std::span<const Index> which,
                   shoal::MutableArray to) {
  const DType dtype = served_dtype(examples.stored);
  const Index columns = examples.columns();
  const auto n = static_cast<Index>(which.size());
  shoal::require(to.rows() == n && to.cols() == columns && to.dtype() == dtype,
                 "room for {} examples of {} {} numbers, got room for {} of {} {} numbers", n, columns, name(dtype),
                 to.rows(), to.cols(), name(to.dtype()));
  const auto row_bytes = static_cast<std::size_t>(columns * shoal::bytes_of(dtype));
  const Index step = to.stride(0) * shoal::bytes_of(dtype);
  const bool widened = bytes_of(examples.stored) != shoal::bytes_of(dtype);
  context.parallel_for(n, kBlockRows, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const char* from = examples.first + which[static_cast<std::size_t>(i)] * examples.step;
      char* out = static_cast<char*>(to.bytes()) + i * step;
      if (widened) widen(examples.stored, from, reinterpret_cast<float*>(out), columns);
      else std::memcpy(out, from, row_bytes);
    }
  });
}

void copy_labels(const Labels& labels, std::span<const Index> which, shoal::MutableArray to) {
  shoal::require(labels.first != nullptr, "the dataset has no labels");
  const std::span<std::int64_t> out = to.vector<std::int64_t>();
  shoal::require(out.size() == which.size(), "room for {} labels, got room for {}", which.size(), out.size());
  for (std::size_t i = 0; i < which.size(); ++i) {
    use_integer(labels, which[i], [&](auto label) {
      shoal::require(std::in_range<std::int64_t>(label) && label >= 0,
                     "{} has label {} at row {}; labels are in [0, 2^63)", labels.name, label, which[i]);
      shoal::require(labels.classes == 0 || std::cmp_less(label, labels.classes),
                     "{} has label {} at row {}, but there are {} classes", labels.name, label, which[i],
                     labels.classes);
      out[i] = static_cast<std::int64_t>(label);
    });
  }
}

std::string what_it_is(std::string_view bytes) {
  if (bytes.starts_with("PAR1")) return "; it is a Parquet file, which dataset/parquet reads";
  if (bytes.starts_with("\x93NUMPY")) return "; it is a .npy file, which dataset/npy reads";
  if (bytes.starts_with("PK\3\4")) return "; it is a zip archive; .npz files are read by dataset/npz";
  if (bytes.starts_with("\x1f\x8b")) return "; it is packed by gzip: gunzip it";
  if (bytes.starts_with("\x89HDF")) return "; it is an HDF5 file; in Python, numpy.save('x.npy', file['x'][:])";
  if (bytes.starts_with("\x89PNG") || bytes.starts_with("\xff\xd8\xff"))
    return "; it is an image; folders of images are read by dataset/image-folder";
  if (bytes.size() >= 10 && bytes[8] == '{' && bytes[9] == '"' && bytes.substr(4, 4) == std::string_view("\0\0\0\0", 4))
    return "; it looks like safetensors, which dataset/safetensors reads";
  return "";
}

}  // namespace files
