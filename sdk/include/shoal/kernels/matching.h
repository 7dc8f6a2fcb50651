// shoal/kernels/matching.h: which cluster is which class? One-to-one matching of greatest weight.
#ifndef SHOAL_KERNELS_MATCHING_H_
#define SHOAL_KERNELS_MATCHING_H_

#include <cstdint>
#include <vector>

#include "shoal/array.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// A one-to-one matching of R rows with C columns.
struct Matching {
  std::vector<std::int64_t> column_of;  ///< (R) the column of each row; −1: none was left, which needs R > C
  double weight = 0;                    ///< the sum of the weights of the matched pairs
};

/// The matching of min(R, C) pairs with the greatest sum of `weights` (R, C). Of several such matchings the same one is
/// found every time, but which one is not said.
///
/// Successive shortest augmenting paths with dual variables: O(min(R, C)²·max(R, C)) time; 1000 × 1000: about 80 ms.
/// Throws InputError  a weight is NaN or infinite
/// Source: R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment
/// problems", Computing 38 (1987) 325–340; for rectangles D. F. Crouse, "On implementing 2D rectangular assignment
/// algorithms", IEEE Trans. Aerosp. Electron. Syst. 52 (2016) 1679–1696.
Matching max_weight_matching(const RowMatrix<double>& weights);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_MATCHING_H_
