#ifndef SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_
#define SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_

#include <filesystem>
#include <map>
#include <string>

#include "framework/files/atomic_file.h"
#include "framework/store/npy_file.h"
#include "shoal/torch/tensor.h"

namespace shoal::host {

/// What a safetensors file says beside its tensors: texts by name.
using Metadata = std::map<std::string, std::string>;

/// The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes; tensors on the CPU, float32,
/// float64, int64 or uint8. Throws std::system_error naming the file.
void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors, const Metadata& metadata = {});

/// A file that write_safetensors wrote; dataset/safetensors reads those of others.
struct Safetensors {
  NamedTensors tensors = {};  ///< on the CPU, in memory of their own
  Metadata metadata = {};
};
/// Throws InputError  it is not there or cannot be read, is cut short or of another form: with its name
Safetensors read_safetensors(const std::filesystem::path& file);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_
