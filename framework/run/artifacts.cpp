#include "framework/run/artifacts.h"

#include <nlohmann/json.hpp>
#include <string>

#include "shoal/error.h"

namespace shoal::host {

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
  AtomicFile out(file);
  out.write(size);
  out.write(text_header);
  for (const at::Tensor& tensor : kept) out.write({static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()});
  out.commit();
}

}  // namespace shoal::host
