#include "npy.h"

#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>

#include "mapped_file.h"
#include "npy_header.h"

namespace shoal::benchmarks {
namespace {

constexpr char kMagic[] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};

const char* descr(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return "|u1";
    case DType::kInt64: return "<i8";
    case DType::kFloat32: return "<f4";
    case DType::kFloat64: break;
  }
  return "<f8";
}

DType dtype_of(const npy::NpyHeader& header, const std::string& file) {
  for (const DType dtype : {DType::kUInt8, DType::kInt64, DType::kFloat32, DType::kFloat64})
    if (header.kind == descr(dtype)[1] && header.bytes == bytes_of(dtype)) return dtype;
  throw InputError(text("{} holds '{}'; wanted is |u1, <i8, <f4 or <f8", file, header.descr));
}

}  // namespace

Array read_npy(host::Services& services, const std::filesystem::path& file) {
  const npy::MappedFile mapped(file);
  const npy::NpyHeader header = npy::read_npy_header(mapped.bytes(), mapped.name());
  const DType dtype = dtype_of(header, mapped.name());
  Array out = host::allocate_array(services, dtype, header.shape);
  std::memcpy(out.mutable_view().bytes(), mapped.bytes().data() + header.data_at,
              static_cast<std::size_t>(out.size() * bytes_of(dtype)));
  return out;
}

void write_npy(const std::filesystem::path& file, ConstArray array) {
  require(array.contiguous(), "{}: the array has gaps", file.string());
  std::string shape;
  for (const Index size : array.shape()) shape += std::to_string(size) + (array.rank() == 1 ? "," : ", ");
  if (array.rank() > 1) shape.erase(shape.size() - 2);
  std::string header = text("{'descr': '{}', 'fortran_order': False, 'shape': ({}), }", descr(array.dtype()), shape);
  header.append(63 - (10 + header.size()) % 64, ' ').append("\n");  // the numbers begin at a multiple of 64

  std::ofstream out(file, std::ios::binary);
  out.write(kMagic, sizeof kMagic).write("\1\0", 2);
  out.put(static_cast<char>(header.size() & 255)).put(static_cast<char>(header.size() >> 8));
  out << header;
  out.write(static_cast<const char*>(array.bytes()), array.size() * bytes_of(array.dtype()));
  if (!out.flush()) throw std::runtime_error(text("{} cannot be written", file.string()));
}

}  // namespace shoal::benchmarks
