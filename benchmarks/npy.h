// NumPy's .npy files, as much of them as a benchmark needs: uint8, int64, float32 or float64, read as dataset/npy does.
#ifndef SHOAL_BENCHMARKS_NPY_H_
#define SHOAL_BENCHMARKS_NPY_H_

#include <filesystem>

#include "framework/plugin/services.h"
#include "shoal/array.h"

namespace shoal::benchmarks {

/// The array in `file`, in memory as the host gives it. Throws InputError  it cannot be read, is no such file, or its
/// size does not fit its shape
Array read_npy(host::Services& services, const std::filesystem::path& file);

/// Writes `array`, which must be without gaps. Throws std::runtime_error where that does not succeed.
void write_npy(const std::filesystem::path& file, ConstArray array);

}  // namespace shoal::benchmarks

#endif  // SHOAL_BENCHMARKS_NPY_H_
