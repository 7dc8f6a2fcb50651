#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_ELBOW_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_ELBOW_H_

#include <cstddef>
#include <optional>
#include <vector>

namespace shoal::host {

/// Where a falling curve bends: with both axes scaled to [0, 1], the point farthest below the chord from the first
/// point to the last. That is Kneedle's difference curve at its maximum, without its smoothing and threshold. `x`
/// rises, `y` is as long. None for fewer than four points, a curve that does not fall, and one that stays within 0.1 of
/// the chord: it bends nowhere. Source: V. Satopää, J. Albrecht, D. Irwin, B. Raghavan, "Finding a 'Kneedle' in a
/// haystack", ICDCS Workshops 2011, 166–171.
std::optional<std::size_t> find_elbow(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_ELBOW_H_
