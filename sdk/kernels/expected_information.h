// What chance alone makes two labellings share. Internal.
#ifndef SHOAL_KERNELS_EXPECTED_INFORMATION_H_
#define SHOAL_KERNELS_EXPECTED_INFORMATION_H_

#include <cstdint>
#include <vector>

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// The mutual information, in nats, that is expected of two labellings of n examples with clusters of these sizes, all
/// arrangements being as likely. Time O(R·C·√n) for R and C different sizes.
/// Source: N. X. Vinh, J. Epps, J. Bailey, JMLR 11 (2010) 2837–2854, eq. 24a.
double expected_information(const std::vector<std::int64_t>& row_sums, const std::vector<std::int64_t>& column_sums,
                            std::int64_t n);

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_EXPECTED_INFORMATION_H_
