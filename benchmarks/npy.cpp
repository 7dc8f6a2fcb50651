#include "npy.h"

#include <cstring>

#include "mapped_file.h"
#include "npy_header.h"
#include "shoal/error.h"

namespace shoal::benchmarks {
namespace {

DType dtype_of(const files::NpyHeader& header, const std::string& file) {
  if (header.kind == 'u' && header.bytes == 1) return DType::kUInt8;
  if (header.kind == 'i' && header.bytes == 8) return DType::kInt64;
  if (header.kind == 'f' && header.bytes == 4) return DType::kFloat32;
  if (header.kind == 'f' && header.bytes == 8) return DType::kFloat64;
  throw InputError(text("{} holds '{}'; wanted is |u1, <i8, <f4 or <f8", file, header.descr));
}

}  // namespace

Array read_npy(host::Services& services, const std::filesystem::path& file) {
  const files::MappedFile mapped(file);
  const files::NpyHeader header = files::read_npy_header(mapped.bytes(), mapped.name());
  Array out = host::allocate_array(services, dtype_of(header, mapped.name()), header.shape);
  std::memcpy(out.mutable_view().bytes(), mapped.bytes().data() + header.data_at,
              static_cast<std::size_t>(out.size() * bytes_of(out.dtype())));
  return out;
}

}  // namespace shoal::benchmarks
