#include "npy.h"

#include <cstdint>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>

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

struct Header {
  DType dtype;
  Shape shape;
};

Header parse(const std::string& header, const std::string& file) {
  static const std::regex form(
      R"(\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \} *\n)");
  std::smatch parts;
  require(std::regex_match(header, parts, form), "{}: the header is not one that NumPy writes", file);
  require(parts[2] == "False", "{} is in Fortran order; wanted is C order", file);
  Header out{};
  std::istringstream sizes(parts[3]);
  for (std::string size; std::getline(sizes, size, ',');)
    if (size.find_first_not_of(' ') != std::string::npos) out.shape.push_back(std::stoll(size));
  for (const DType dtype : {DType::kUInt8, DType::kInt64, DType::kFloat32, DType::kFloat64})
    if (parts[1] == descr(dtype)) return out.dtype = dtype, out;
  throw InputError(text("{} holds '{}'; wanted is |u1, <i8, <f4 or <f8", file, parts[1].str()));
}

}  // namespace

Array read_npy(host::Services& services, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  require(in.good(), "{} cannot be read", file.string());
  char start[8] = {};
  in.read(start, sizeof start);
  require(in.good() && std::equal(std::begin(kMagic), std::end(kMagic), start), "{} is no .npy file", file.string());
  require(start[6] >= 1 && start[6] <= 3, "{} is of version {}; 1 to 3 are known here", file.string(), int{start[6]});
  unsigned char size[4] = {};
  in.read(reinterpret_cast<char*>(size), start[6] == 1 ? 2 : 4);
  std::string header(size[0] | size[1] << 8 | size[2] << 16 | std::size_t{size[3]} << 24, '\0');
  require(header.size() < 65536, "{}: a header of {} bytes", file.string(), header.size());
  in.read(header.data(), static_cast<std::streamsize>(header.size()));
  require(in.good(), "{} ends within its header", file.string());

  const Header what = parse(header, file.string());
  Array out = host::allocate_array(services, what.dtype, what.shape);
  const Index bytes = out.size() * bytes_of(what.dtype);
  in.read(static_cast<char*>(out.mutable_view().bytes()), bytes);
  require(in.gcount() == bytes && in.peek() == std::ifstream::traits_type::eof(),
          "{}: the numbers must take {} bytes for shape {}, but there are {}", file.string(), bytes,
          to_string(what.shape), in.gcount() == bytes ? "more" : "only " + std::to_string(in.gcount()));
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
