#include "curve.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace shoal {

constexpr std::size_t kMost = 512;
constexpr std::array kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

void Curve::add(double value) {
  if (!std::isfinite(value)) return;
  sum_ += value;
  if (++count_ < each_) return;
  means_.push_back(sum_ / static_cast<double>(count_));
  sum_ = 0;
  count_ = 0;
  if (means_.size() <= kMost) return;
  each_ *= 2;
  std::vector<double> halved;
  for (std::size_t i = 0; i + 1 < means_.size(); i += 2) halved.push_back((means_[i] + means_[i + 1]) / 2);
  if (means_.size() % 2 == 1) {
    sum_ = means_.back() * static_cast<double>(each_ / 2);
    count_ = each_ / 2;
  }
  means_ = std::move(halved);
}

std::string Curve::sparkline(std::size_t cells) const {
  std::vector<double> all = means_;
  if (count_ > 0) all.push_back(sum_ / static_cast<double>(count_));
  if (all.empty() || cells == 0) return "";
  const std::size_t n = std::min(cells, all.size());
  std::vector<double> shown;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t from = i * all.size() / n, to = (i + 1) * all.size() / n;
    double sum = 0;
    for (std::size_t j = from; j < to; ++j) sum += all[j] / static_cast<double>(to - from);
    shown.push_back(sum);
  }
  const auto [least, most] = std::minmax_element(shown.begin(), shown.end());
  const double range = *most - *least;
  std::string out;
  for (const double value : shown) {
    const double share = range > 0 ? (value - *least) / range : 0;
    out += kBars[std::min(kBars.size() - 1, static_cast<std::size_t>(share * static_cast<double>(kBars.size())))];
  }
  return out;
}

}  // namespace shoal
