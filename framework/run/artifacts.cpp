#include "framework/run/artifacts.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "shoal/error.h"

namespace shoal::host {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* doing) {
  throw std::system_error(errno, std::generic_category(), text("cannot {} {}", doing, file.string()));
}

/// A file descriptor that is closed, and a file that is removed unless it was kept.
class PartialFile {
 public:
  explicit PartialFile(std::filesystem::path file)
      : file_(std::move(file)), descriptor_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) fail(file_, "create");
  }
  ~PartialFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!kept_) ::unlink(file_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(file_, "write");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void rename_to(const std::filesystem::path& target) {
    if (::fsync(descriptor_) != 0) fail(file_, "flush");
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0) fail(file_, "close");
    if (::rename(file_.c_str(), target.c_str()) != 0) fail(target, "write");
    kept_ = true;
  }

 private:
  std::filesystem::path file_;
  int descriptor_;
  bool kept_ = false;
};

std::string npy_header(ConstArray array) {
  const char* descr = "<f4";
  switch (array.dtype()) {
    case DType::kUInt8: descr = "|u1"; break;
    case DType::kInt64: descr = "<i8"; break;
    case DType::kFloat32: break;
    case DType::kFloat64: descr = "<f8"; break;
  }
  std::string shape;
  for (const Index size : array.shape()) shape += std::to_string(size) + ",";
  std::string header = text("{'descr': '{}', 'fortran_order': False, 'shape': ({}), }", descr, shape);
  const std::size_t padded = (10 + header.size() + 1 + 63) / 64 * 64;
  header.append(padded - 10 - header.size() - 1, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 255);
  out += static_cast<char>(header.size() >> 8);
  return out + header;
}

}  // namespace

void write_atomically(const std::filesystem::path& file, std::string_view bytes) {
  PartialFile partial(file.string() + ".partial");
  partial.write(bytes);
  partial.rename_to(file);
}

void write_npy(const std::filesystem::path& file, ConstArray array) {
  PartialFile partial(file.string() + ".partial");
  partial.write(npy_header(array));
  const bool whole = array.contiguous();  // then one write does, instead of one for each of a million labels
  const Index writes = whole ? 1 : array.rows();
  const Index bytes = (whole ? array.size() : array.cols()) * bytes_of(array.dtype());
  const Index step = (whole ? 0 : array.stride(0)) * bytes_of(array.dtype());
  for (Index i = 0; i < writes; ++i)
    partial.write({static_cast<const char*>(array.bytes()) + i * step, static_cast<std::size_t>(bytes)});
  partial.rename_to(file);
}

void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors) {
  nlohmann::ordered_json header;
  std::vector<at::Tensor> kept;
  std::int64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    kept.push_back(tensor.detach().contiguous());
    const at::ScalarType type = tensor.scalar_type();
    const char* dtype = type == at::kFloat ? "F32" : type == at::kDouble ? "F64" : type == at::kLong ? "I64" : nullptr;
    require(dtype != nullptr, "tensor '{}' is of a dtype that is not written here", name);
    const auto bytes = static_cast<std::int64_t>(kept.back().nbytes());
    header[name] = {{"dtype", dtype}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string text_header = tensors.empty() ? "{}" : header.dump();
  text_header.append((8 - text_header.size() % 8) % 8, ' ');
  std::string size(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) size[i] = static_cast<char>(text_header.size() >> (8 * i));
  PartialFile partial(file.string() + ".partial");
  partial.write(size);
  partial.write(text_header);
  for (const at::Tensor& tensor : kept) partial.write({static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()});
  partial.rename_to(file);
}

}  // namespace shoal::host
