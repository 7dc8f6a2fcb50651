#ifndef SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_
#define SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_

#include <filesystem>
#include <string_view>

#include "shoal/array.h"
#include "shoal/torch/tensor.h"

namespace shoal::host {

/// Writes a file whole or not at all: beside it under another name, flushed to the disk, then renamed.
/// Throws std::system_error naming the file: no space, no permission.
void write_atomically(const std::filesystem::path& file, std::string_view bytes);

/// NumPy's format 1.0 (numpy.lib.format), C order. Throws as write_atomically.
void write_npy(const std::filesystem::path& file, ConstArray array);

/// The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes; tensors on the CPU, float32,
/// float64 or int64. Throws as write_atomically.
void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_
