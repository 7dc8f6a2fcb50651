// shoal/kernels/squares_fit.h: whether squared distances are numbers.
#ifndef SHOAL_KERNELS_SQUARES_FIT_H_
#define SHOAL_KERNELS_SQUARES_FIT_H_

#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace kernels {

/// Squared distances of rows that are larger than about 1e154 are infinite in float64, and one infinity is as far as
/// the next. Asks that every number of `rows` (N, D), finite, is at most 1e150/√D in size: then a squared distance is
/// at most 4e300, which leaves room to add up forty million of them. float32 and uint8 always fit. Time O(N·D).
/// Throws InputError  the first that is larger: row, column, number and bound are named, as of `what`
void require_squares_fit(const Context& context, ConstArray rows, const char* what = "features");

}  // namespace kernels
}  // namespace shoal

#endif  // SHOAL_KERNELS_SQUARES_FIT_H_
