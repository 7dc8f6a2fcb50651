// What is done to rows as they are, on the pool: checked, and put side by side for the kernels that want a matrix.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_ROWS_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_ROWS_H_

#include <span>

#include "shoal/context.h"

/// Whether `features` (N, D) hold no NaN and no infinity; shoal::require_features says where one is.
bool all_finite(const shoal::Context& context, shoal::ConstArray features);

/// Copies the rows `rows` of `features` to `to` (rows.size(), D), in their dtype, which must be that of `to`.
void copy_rows(const shoal::Context& context, shoal::ConstArray features, std::span<const shoal::Index> rows,
               shoal::MutableArray to);

/// The same into memory of its own.
shoal::Array gather(const shoal::Context& context, shoal::ConstArray features, std::span<const shoal::Index> rows);

#endif  // SHOAL_PLUGINS_MINIBATCH_KMEANS_ROWS_H_
