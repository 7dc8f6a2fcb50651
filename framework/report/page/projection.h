#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_PROJECTION_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_PROJECTION_H_

#include "shoal/array.h"
#include "shoal/matrix.h"

namespace shoal::host {

/// Rows on their first two principal components, and the share of the variance that these have.
struct Projection {
  RowMatrix<double> points;  ///< (N, 2)
  double explained = 0;      ///< in [0, 1]
};

/// `rows` (N, D), finite, N ≥ 3, D ≥ 2. Each component points to where its largest coordinate is positive, so that one
/// data gives one picture. Time O(N·D·min(N, D)).
/// Source: K. Pearson, "On lines and planes of closest fit to systems of points in space", Philosophical Magazine 2
/// (1901) 559–572; computed from whichever of the two matrices of products is the smaller.
Projection project(const RowMatrix<double>& rows);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_PROJECTION_H_
