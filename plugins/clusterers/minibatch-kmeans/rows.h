// Rows of some features side by side, for the kernels that want a matrix.
#ifndef SHOAL_PLUGINS_MINIBATCH_KMEANS_ROWS_H_
#define SHOAL_PLUGINS_MINIBATCH_KMEANS_ROWS_H_

#include <cstring>
#include <span>

#include "shoal/context.h"

/// Copies the rows `rows` of `features` to `to` (rows.size(), D), in their dtype, which must be that of `to`.
inline void copy_rows(const shoal::Context& context, shoal::ConstArray features, std::span<const shoal::Index> rows,
                      shoal::MutableArray to) {
  constexpr shoal::Index kBlock = 128;  // rows of a few kilobytes each: longer than the pool takes to wake up
  const shoal::Index number = shoal::bytes_of(features.dtype());
  const auto length = static_cast<std::size_t>(features.cols() * number);
  const auto* const source = static_cast<const char*>(features.bytes());
  auto* const target = static_cast<char*>(to.bytes());
  context.parallel_for(static_cast<shoal::Index>(rows.size()), kBlock, [&](shoal::Index from, shoal::Index until) {
    for (shoal::Index i = from; i < until; ++i)
      std::memcpy(target + i * to.stride(0) * number,
                  source + rows[static_cast<std::size_t>(i)] * features.stride(0) * number, length);
  });
}

/// The same into memory of its own.
inline shoal::Array gather(const shoal::Context& context, shoal::ConstArray features,
                           std::span<const shoal::Index> rows) {
  const shoal::Index shape[] = {static_cast<shoal::Index>(rows.size()), features.cols()};
  shoal::Array out = context.allocate(features.dtype(), shape);
  copy_rows(context, features, rows, out.mutable_view());
  return out;
}

#endif  // SHOAL_PLUGINS_MINIBATCH_KMEANS_ROWS_H_
