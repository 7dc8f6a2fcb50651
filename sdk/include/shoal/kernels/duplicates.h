// shoal/kernels/duplicates.h: rows that are there more than once.
#ifndef SHOAL_KERNELS_DUPLICATES_H_
#define SHOAL_KERNELS_DUPLICATES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The rows of a matrix, each kind once. Rows are of one kind where they are equal byte for byte (so 0 and −0 differ).
struct DistinctRows {
  Array features;                         ///< (M, D) in the order of first appearance, of the same dtype
  std::vector<std::int32_t> kind_of_row;  ///< (N) each in [0, M)
};

/// Finds the kinds of `features` (N, D), N < 2³¹, by hashes and exact comparison; nothing where there are more than
/// `most`. Time O(N·D), memory O(N) and a copy of the distinct rows.
std::optional<DistinctRows> find_distinct_rows(const Context& context, ConstArray features, Index most);

/// Whether it is worth a look: whether of about 8·√N rows, always the same ones, at least 8 are there twice. Where at
/// most half of the rows differ, some 32 are.
bool seem_repeated(ConstArray features);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_DUPLICATES_H_
