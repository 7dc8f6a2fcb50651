#include "framework/run/artifacts.h"

#include <ATen/ops/empty.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

constexpr const char* kMetadata = "__metadata__";
constexpr std::pair<at::ScalarType, const char*> kDtypes[] = {
    {at::kFloat, "F32"}, {at::kDouble, "F64"}, {at::kLong, "I64"}, {at::kByte, "U8"}};

const char* find_name(at::ScalarType type) {
  for (const auto& [known, name] : kDtypes)
    if (known == type) return name;
  return nullptr;
}

at::ScalarType type_named(const std::string& name) {
  for (const auto& [type, known] : kDtypes)
    if (known == name) return type;
  throw InputError(text("it holds a tensor of dtype {}, but is to hold F32, F64, I64 and U8", name));
}

std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(text("cannot read {}: {}", file.string(), std::generic_category().message(errno)));
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Of `bytes`, which hold the tensors alone.
at::Tensor read_tensor(const ordered_json& described, std::string_view bytes) {
  const auto from = described.at("data_offsets").at(0).get<std::size_t>();
  const auto to = described.at("data_offsets").at(1).get<std::size_t>();
  const auto shape = described.at("shape").get<std::vector<std::int64_t>>();
  require(from <= to && to <= bytes.size(), "bytes {} to {} of {} do not exist: it is cut short", from, to,
          bytes.size());
  std::size_t numbers = 1;  // counted by hand: what is damaged is not to ask for terabytes
  for (const std::int64_t size : shape) {
    require(size >= 0 && (size == 0 || numbers <= (to - from) / static_cast<std::size_t>(size)),
            "a tensor of shape {} does not fit its {} bytes", to_string(shape), to - from);
    numbers *= static_cast<std::size_t>(size);
  }
  const at::Tensor out = at::empty(shape, type_named(described.at("dtype")));
  require(out.nbytes() == to - from, "a tensor of {} bytes is said to have {}", out.nbytes(), to - from);
  if (out.nbytes() > 0) std::memcpy(out.data_ptr(), bytes.data() + from, out.nbytes());
  return out;
}

Safetensors parse(std::string_view bytes) {
  require(bytes.size() >= 8, "it has {} bytes, fewer than the 8 of its header's length", bytes.size());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  require(length <= bytes.size() - 8, "its header is said to have {} bytes, but {} are there: it is cut short", length,
          bytes.size() - 8);
  const ordered_json header = ordered_json::parse(bytes.substr(8, length));
  bytes.remove_prefix(8 + length);
  Safetensors out;
  for (const auto& [name, described] : header.items()) {
    if (name == kMetadata) out.metadata = described.get<Metadata>();
    else out.tensors.emplace_back(name, read_tensor(described, bytes));
  }
  return out;
}

}  // namespace

void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors, const Metadata& metadata) {
  ordered_json header = ordered_json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  std::vector<at::Tensor> kept;
  std::int64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    kept.push_back(tensor.detach().contiguous());
    const char* dtype = find_name(tensor.scalar_type());
    require(dtype != nullptr, "tensor '{}' is of a dtype that is not written here", name);
    const auto bytes = static_cast<std::int64_t>(kept.back().nbytes());
    header[name] = {{"dtype", dtype}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string text_header = header.dump();
  text_header.append((8 - text_header.size() % 8) % 8, ' ');
  std::string size(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) size[i] = static_cast<char>(text_header.size() >> (8 * i));
  AtomicFile out(file);
  out.write(size);
  out.write(text_header);
  for (const at::Tensor& tensor : kept) out.write({static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()});
  out.commit();
}

Safetensors read_safetensors(const std::filesystem::path& file) {
  const std::string bytes = read_all(file);
  try {
    return parse(bytes);
  } catch (const InputError& error) {
    throw InputError(text("{} is damaged: {}", file.string(), error.what()));
  } catch (const nlohmann::json::exception& error) {
    throw InputError(text("{} is damaged: {}", file.string(), error.what()));
  }
}

}  // namespace shoal::host
