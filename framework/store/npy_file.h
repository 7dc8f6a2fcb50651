#ifndef SHOAL_FRAMEWORK_STORE_NPY_FILE_H_
#define SHOAL_FRAMEWORK_STORE_NPY_FILE_H_

#include <filesystem>
#include <functional>

#include "framework/plugin/services.h"
#include "framework/files/atomic_file.h"
#include "shoal/array.h"

namespace shoal::host {

/// NumPy's format 1.0 (numpy.lib.format), C order. Throws std::system_error naming the file.
void write_npy(const std::filesystem::path& file, ConstArray array);
void write_npy(AtomicFile& file, ConstArray array);

/// Makes the array that is read into.
using Allocate = std::function<Array(DType, std::span<const Index>)>;

/// Memory of the process, as components get it. `services` must outlive what comes back.
inline Allocate allocate_in(Services& services) {
  return [&services](DType dtype, std::span<const Index> shape) { return allocate_array(services, dtype, shape); };
}

/// Reads a file that write_npy wrote; dataset/npy reads those of others.
/// Throws DamagedEntry     it is not there, is cut short or of another form
///        UnreadableEntry  it cannot be read now
Array read_npy(const std::filesystem::path& file, const Allocate& allocate);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_STORE_NPY_FILE_H_
