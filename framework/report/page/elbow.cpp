#include "framework/report/page/elbow.h"

namespace shoal::host {

std::optional<std::size_t> find_elbow(const std::vector<double>& x, const std::vector<double>& y) {
  constexpr double kLeast = 0.1;
  if (x.size() < 4 || !(y.front() > y.back()) || !(x.back() > x.front())) return std::nullopt;
  std::size_t best = 0;
  double farthest = 0;
  for (std::size_t i = 1; i + 1 < x.size(); ++i) {
    const double across = (x[i] - x.front()) / (x.back() - x.front());
    const double down = (y.front() - y[i]) / (y.front() - y.back());
    if (down - across > farthest) farthest = down - across, best = i;
  }
  return farthest >= kLeast ? std::optional(best) : std::nullopt;
}

}  // namespace shoal::host
