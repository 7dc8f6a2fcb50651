#include "collapse.h"

namespace kernels = shoal::kernels;

namespace {

// Larger features may lie in a mapped file and not in memory, where copies of them have no place.
constexpr shoal::Index kMostBytes = 1 << 30;

}  // namespace

std::optional<kernels::DistinctRows> collapse(const shoal::Context& context, shoal::ConstArray features,
                                              Repeats repeats) {
  if (repeats == Repeats::kKeep) return std::nullopt;
  const shoal::Index n = features.rows();
  if (repeats == Repeats::kAuto &&
      (features.size() * shoal::bytes_of(features.dtype()) > kMostBytes || !kernels::seem_repeated(features)))
    return std::nullopt;
  std::optional<kernels::DistinctRows> out =
      kernels::find_distinct_rows(context, features, repeats == Repeats::kAuto ? n / 2 : n);
  if (out)
    context.log(shoal::Level::kInfo, "only {} of {} rows differ: distances are computed for these alone",
                out->features.view().rows(), n);
  return out;
}
