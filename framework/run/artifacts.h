#ifndef SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_
#define SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_

#include <filesystem>

#include "framework/files/atomic_file.h"
#include "framework/store/npy_file.h"
#include "shoal/torch/tensor.h"

namespace shoal::host {

/// The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes; tensors on the CPU, float32,
/// float64 or int64. Throws std::system_error naming the file.
void write_safetensors(const std::filesystem::path& file, const NamedTensors& tensors);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_ARTIFACTS_H_
