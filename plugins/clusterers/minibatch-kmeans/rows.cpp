#include "rows.h"

#include <atomic>
#include <cstring>

namespace {

// A NaN or an infinity times 0 is NaN, and a sum keeps it. Lanes, so that the compiler may add several at a time.
template <typename Scalar>
bool all_finite(const Scalar* x, shoal::Index count) {
  constexpr shoal::Index kLanes = 16;
  Scalar sums[kLanes] = {};
  shoal::Index j = 0;
  for (; j + kLanes <= count; j += kLanes)
    for (shoal::Index lane = 0; lane < kLanes; ++lane) sums[lane] += x[j + lane] * Scalar(0);
  for (; j < count; ++j) sums[0] += x[j] * Scalar(0);
  Scalar sum = 0;
  for (const Scalar s : sums) sum += s;
  return sum == 0;
}

}  // namespace

bool all_finite(const shoal::Context& context, shoal::ConstArray features) {
  constexpr shoal::Index kBlock = 1024;
  std::atomic<bool> finite = true;
  context.parallel_for(features.rows(), kBlock, [&](shoal::Index from, shoal::Index to) {
    shoal::visit_matrix(features, [&](const auto& x) {
      if constexpr (!std::is_integral_v<typename std::decay_t<decltype(x)>::Scalar>)
        for (shoal::Index i = from; i < to; ++i)
          if (!all_finite(x.row(i).data(), x.cols())) finite = false;
    });
  });
  return finite;
}

void copy_rows(const shoal::Context& context, shoal::ConstArray features, std::span<const shoal::Index> rows,
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

shoal::Array gather(const shoal::Context& context, shoal::ConstArray features, std::span<const shoal::Index> rows) {
  const shoal::Index shape[] = {static_cast<shoal::Index>(rows.size()), features.cols()};
  shoal::Array out = context.allocate(features.dtype(), shape);
  copy_rows(context, features, rows, out.mutable_view());
  return out;
}
