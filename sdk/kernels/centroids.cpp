#include "centroids.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

namespace shoal::kernels {
namespace {

constexpr Index kFew = 64;  // centroids of one column up to which scores are faster than a search
constexpr Index kCentroidsOfTask = 16;

}  // namespace

Frame Frame::about(const RowMatrix<double>& centroids, DType rows) {
  Frame out;
  const Eigen::RowVectorXd mean = centroids.colwise().mean();
  out.shift.resize(static_cast<std::size_t>(mean.size()));
  double shift_norm2 = 0;
  for (Index j = 0; j < mean.size(); ++j) {
    const float shift = std::isfinite(static_cast<float>(mean[j])) ? static_cast<float>(mean[j]) : 0;
    out.shift[static_cast<std::size_t>(j)] = shift;
    shift_norm2 += static_cast<double>(shift) * static_cast<double>(shift);
  }
  const double shift_norm = std::sqrt(shift_norm2);
  const double spread = std::sqrt((centroids.rowwise() - mean).rowwise().squaredNorm().maxCoeff());
  const auto moderate = [](double size) { return size > 1e-12 && size < 1e12; };
  // Scores of rows that are not shifted err by ‖μ‖ more; up to a few times the spread that is no matter.
  out.raw = rows == DType::kUInt8 || (rows == DType::kFloat32 && moderate(spread) && shift_norm < 16 * spread);
  if (out.raw) out.shift_norm = shift_norm * (1 + 0x1p-20);
  else if (spread > 1e-140 && spread < 1e140) out.scale = std::ldexp(1.0, -std::ilogb(spread));
  return out;
}

Centroids::Centroids(Index k, Index cols, Frame frame)
    : frame_(std::move(frame)),
      exact_(k, cols),
      panel_count_((k + kPanel - 1) / kPanel),
      values_(panel_count_ * kPanel * cols),
      bias_(panel_count_ * kPanel),
      rows_(k * cols),
      norms_(static_cast<std::size_t>(k)) {
  gamma_ = screen_gamma(cols);
}

void Centroids::set(const Context& context, const RowMatrix<double>& centroids) {
  const bool all = !filled_;
  if (all) {
    std::fill_n(values_.data(), panel_count_ * kPanel * cols(), 0.0F);
    std::fill_n(bias_.data(), panel_count_ * kPanel, -std::numeric_limits<float>::infinity());
  }
  const std::size_t bytes = static_cast<std::size_t>(cols()) * sizeof(double);
  context.parallel_for(k(), kCentroidsOfTask, [&](Index from, Index to) {
    for (Index c = from; c < to; ++c) {
      if (!all && std::memcmp(exact_.row(c).data(), centroids.row(c).data(), bytes) == 0) continue;
      exact_.row(c) = centroids.row(c);
      fill(c);
    }
  });
  filled_ = true;
  if (cols() == 1 && k() > kFew) {
    order_.resize(static_cast<std::size_t>(k()));
    std::iota(order_.begin(), order_.end(), Index{0});
    std::sort(order_.begin(), order_.end(), [&](Index a, Index b) { return exact_(a) < exact_(b); });
    sorted_.clear();
    for (const Index c : order_) sorted_.push_back(exact_(c));
  }
  max_norm_ = *std::max_element(norms_.begin(), norms_.end()) * (1 + 0x1p-20);
  const double m = frame_.shift_norm, v = max_norm_, d = static_cast<double>(cols());
  score_error_ = {.constant = gamma_ * (2 * m * v + v * v / 2) + (2 * m + 1) * d * 0x1p-120,
                  .linear = gamma_ * v + d * 0x1p-120};
  const double gamma64 = 4 * (d + 16) * 0x1p-53;
  decision_error_ = {.constant = gamma64 * v * v, .linear = 2 * gamma64 * v, .square = gamma64};
  // 2e + e₆₄ and what norm2 is wrong by, in √norm2 instead of U ≤ √norm2·(1 + 2γ + …), with room for float32.
  const double stretch = (1 + 4 * gamma_) * (1 + 0x1p-18);
  const auto single = [](double x) { return static_cast<float>(x); };
  gap_ = {.constant = single((2 * score_error_.constant + decision_error_.constant) * stretch + 1e-30),
          .linear = single((2 * score_error_.linear + decision_error_.linear) * stretch),
          .square = single(decision_error_.square * stretch)};
  distance_error_ = gap_;
  distance_error_.square = single((2 * gamma_ + decision_error_.square) * stretch + 0x1p-20);
  // Far outside of these limits float32 over- or underflows.
  usable_ = max_norm_ > 0x1p-40 && max_norm_ < 0x1p+40 && gamma_ > 0 && gamma_ < 0.25;
}

void Centroids::fill(Index c) {
  const double* exact = exact_.row(c).data();
  float* row = rows_.data() + c * cols();
  float* lane = values_.data() + c / kPanel * kPanel * cols() + c % kPanel;
  double norm2 = 0, along_shift = 0;
  for (Index j = 0; j < cols(); ++j) {
    const auto shift = static_cast<double>(frame_.shift[static_cast<std::size_t>(j)]);
    const double v = (exact[j] - shift) * frame_.scale;
    norm2 += v * v;
    along_shift += v * shift;
    row[j] = static_cast<float>(v);
    lane[j * kPanel] = row[j];
  }
  norms_[static_cast<std::size_t>(c)] = std::sqrt(norm2);
  bias_[c] = static_cast<float>(-norm2 / 2 - (frame_.raw ? along_shift : 0));
}

}  // namespace shoal::kernels
