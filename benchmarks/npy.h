#ifndef SHOAL_BENCHMARKS_NPY_H_
#define SHOAL_BENCHMARKS_NPY_H_

#include <filesystem>

#include "framework/plugin/services.h"
#include "shoal/array.h"

namespace shoal::benchmarks {

/// The array of uint8, int64, float32 or float64 in a .npy file, read as dataset/npy does, in memory as the host gives
/// it. Throws InputError  it cannot be read, is no such file, or its size does not fit its shape
Array read_npy(host::Services& services, const std::filesystem::path& file);

}  // namespace shoal::benchmarks

#endif  // SHOAL_BENCHMARKS_NPY_H_
