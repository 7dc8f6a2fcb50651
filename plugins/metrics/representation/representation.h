// representation.h: whether an embedding has collapsed, without labels. Plain C++ over matrices.
#ifndef SHOAL_PLUGINS_METRICS_REPRESENTATION_REPRESENTATION_H_
#define SHOAL_PLUGINS_METRICS_REPRESENTATION_REPRESENTATION_H_

#include "shoal/array.h"
#include "shoal/random.h"

/// The mean over columns of the standard deviation (of N) of rows divided by their length, times √D: near 1 where rows
/// lie evenly on the sphere, 0 where all are alike. A row of zeros stays one.
/// Source: Chen and He, "Exploring simple siamese representation learning", CVPR 2021, figure 2.
double embedding_std(const shoal::RowMatrix<double>& features);

/// ln of the mean of exp(−2‖x − y‖²) over `pairs` random pairs of different rows divided by their length: the lower the
/// more even; 0 where all rows are alike. N ≥ 2.
/// Source: Wang and Isola, "Understanding contrastive representation learning through alignment and uniformity on the
/// hypersphere", ICML 2020, t = 2.
double uniformity(const shoal::RowMatrix<double>& features, shoal::Index pairs, shoal::Random random);

#endif  // SHOAL_PLUGINS_METRICS_REPRESENTATION_REPRESENTATION_H_
