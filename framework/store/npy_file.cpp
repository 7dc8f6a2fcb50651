#include "framework/store/npy_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "framework/store/read_file.h"
#include "framework/store/store.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);

const char* descr_of(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return "|u1";
    case DType::kInt64: return "<i8";
    case DType::kFloat32: return "<f4";
    case DType::kFloat64: break;
  }
  return "<f8";
}

std::string header_of(DType dtype, std::span<const Index> shape) {
  std::string sizes;
  for (const Index size : shape) sizes += std::to_string(size) + ",";
  std::string header = text("{'descr': '{}', 'fortran_order': False, 'shape': ({}), }", descr_of(dtype), sizes);
  const std::size_t padded = (10 + header.size() + 1 + 63) / 64 * 64;
  header.append(padded - 10 - header.size() - 1, ' ');
  header += '\n';
  std::string out(kMagic);
  out += static_cast<char>(header.size() & 255);
  out += static_cast<char>(header.size() >> 8);
  return out + header;
}

/// The sizes in "(60000,784,)".
Shape shape_in(std::string_view header) {
  Shape shape;
  Index size = -1;
  for (std::size_t i = header.find("'shape': (") + 10; i < header.size() && header[i] != ')'; ++i) {
    if (header[i] == ',') shape.push_back(std::exchange(size, -1));
    else if (header[i] >= '0' && header[i] <= '9') size = std::max<Index>(size, 0) * 10 + (header[i] - '0');
  }
  return shape;
}

}  // namespace

void write_npy(AtomicFile& file, ConstArray array) {
  file.write(header_of(array.dtype(), array.shape()));
  const bool whole = array.contiguous();  // then one write does, instead of one for each of a million labels
  const Index writes = whole ? 1 : array.rows();
  const Index bytes = (whole ? array.size() : array.cols()) * bytes_of(array.dtype());
  const Index step = (whole ? 0 : array.stride(0)) * bytes_of(array.dtype());
  for (Index i = 0; i < writes; ++i)
    file.write({static_cast<const char*>(array.bytes()) + i * step, static_cast<std::size_t>(bytes)});
}

void write_npy(const std::filesystem::path& file, ConstArray array) {
  AtomicFile out(file);
  write_npy(out, array);
  out.commit();
}

Array read_npy(const std::filesystem::path& file, const Allocate& allocate) {
  const auto wrong = [&](std::string_view why) { return DamagedEntry(text("{}: {}", file.string(), why)); };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rbe"), &std::fclose);
  if (in == nullptr) throw_unread(file, errno);
  const auto read = [&](void* to, std::size_t bytes) {
    errno = 0;
    if (std::fread(to, 1, bytes, in.get()) == bytes) return;
    if (std::ferror(in.get()) != 0) throw_unread(file, errno);
    throw wrong("it is cut short");
  };
  std::string start(10, '\0');
  read(start.data(), start.size());
  if (!start.starts_with(kMagic)) throw wrong("it is no array");
  std::string header(static_cast<unsigned char>(start[8]) + 256u * static_cast<unsigned char>(start[9]), '\0');
  read(header.data(), header.size());
  const Shape shape = shape_in(header);
  for (const DType dtype : {DType::kUInt8, DType::kInt64, DType::kFloat32, DType::kFloat64}) {
    if (start + header != header_of(dtype, shape)) continue;
    // Before memory is asked for: a damaged size must not ask for all of it.
    struct stat found {};
    if (::fstat(::fileno(in.get()), &found) != 0) throw_unread(file, errno);
    Index left = static_cast<Index>(found.st_size) - static_cast<Index>(start.size() + header.size());
    left /= bytes_of(dtype);
    for (const Index size : shape) left = size == 0 ? 0 : left / size;
    if (left < 1 && std::find(shape.begin(), shape.end(), 0) == shape.end()) throw wrong("it is cut short");
    Array out = allocate(dtype, shape);
    read(out.mutable_view().bytes(), static_cast<std::size_t>(out.size() * bytes_of(dtype)));
    if (std::fgetc(in.get()) != EOF) throw wrong("it is longer than it says");
    return out;
  }
  throw wrong("its header is damaged");
}

}  // namespace shoal::host
