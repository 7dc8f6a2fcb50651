// Which rows are equal, once their hashes are known. Internal.
#ifndef SHOAL_KERNELS_KINDS_H_
#define SHOAL_KERNELS_KINDS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "arithmetic.h"
#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

struct Kinds {
  std::vector<Index> rows;                ///< (M) the first row of each kind
  std::vector<std::int32_t> kind_of_row;  ///< (N)
};

/// Equal rows have equal `hashes` (N); others may have, which costs time alone. Nothing where there are more than
/// `most` kinds.
std::optional<Kinds> find_kinds(const Context& context, const Rows& rows, std::span<const std::uint64_t> hashes,
                                Index most);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_KINDS_H_
