// The proof of the radius used here is in docs/kernels.md; the letters are the same.
#include "shoal/kernels/nearest.h"

#include <atomic>
#include <cmath>
#include <limits>

#include "arithmetic.h"
#include "buffer.h"
#include "nearest_on.h"
#include "screen.h"
#include "shoal/kernels/sums.h"

namespace shoal::kernels {
namespace {

constexpr Index kTaskRows = 8 * kBlockRows;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Centroids made ready for one pass, in float64 to decide and as float32 panels to screen.
class Centroids {
 public:
  explicit Centroids(ConstArray given)
      : k(given.rows()),
        cols(given.cols()),
        exact(visit_matrix(given, [](const auto& c) -> RowMatrix<double> { return c.template cast<double>(); })),
        mean(exact.colwise().mean()),
        panel_count_((k + kPanel - 1) / kPanel),
        values_(panel_count_ * kPanel * cols),
        bias_(panel_count_ * kPanel) {
    Eigen::VectorXd norm2 = (exact.rowwise() - mean).rowwise().squaredNorm();
    const double greatest = std::sqrt(norm2.maxCoeff());
    const double unit = 0x1p-24;
    const double terms = static_cast<double>(cols) + 8;
    // Far outside of these limits squares over- or underflow: then every row is decided in float64.
    usable = greatest > 1e-140 && greatest < 1e140 && terms * unit < 0.25;
    if (!usable) return;
    scale = std::ldexp(1.0, -std::ilogb(greatest));
    max_norm = greatest * scale * (1 + 0x1p-40 * terms);
    gamma = terms * unit / (1 - terms * unit);
    gamma64 = 4 * terms * 0x1p-53;
    fill(norm2 * (scale * scale));
  }

  Panels panels() const { return {values_.data(), bias_.data(), panel_count_, cols}; }

  /// How far the best score must lie above another for its centroid to be nearer in float64 as well; `norm2` is ‖û‖².
  double threshold(float norm2) const {
    const double u = std::sqrt(static_cast<double>(norm2)) * (1 + 2 * gamma) + 1e-18;
    const double underflow = (u + 1) * static_cast<double>(cols) * 0x1p-120;
    const double error = gamma * (u * max_norm + max_norm * max_norm / 2) + underflow;
    return 2 * error + gamma64 * (u + max_norm) * (u + max_norm);
  }

  Index k, cols;
  RowMatrix<double> exact;  // (K, D)
  Eigen::RowVectorXd mean;  // the shift of both sides, so that a common offset costs no accuracy
  double scale = 1;         // a power of two
  double max_norm = 0, gamma = 0, gamma64 = 0;
  bool usable = false;

 private:
  void fill(const Eigen::VectorXd& norm2) {
    std::fill_n(values_.data(), panel_count_ * kPanel * cols, 0.0F);
    std::fill_n(bias_.data(), panel_count_ * kPanel, -std::numeric_limits<float>::infinity());
    for (Index c = 0; c < k; ++c) {
      float* lane = values_.data() + c / kPanel * kPanel * cols + c % kPanel;
      for (Index j = 0; j < cols; ++j) lane[j * kPanel] = static_cast<float>((exact(c, j) - mean[j]) * scale);
      bias_[c] = static_cast<float>(-norm2[c] / 2);
    }
  }

  Index panel_count_;
  Buffer<float> values_, bias_;
};

// One thread's work on one block of rows after another.
class Labeller {
 public:
  Labeller(Isa isa, const Rows& rows, const Centroids& centroids)
      : screen_(screen(isa)),
        arithmetic_(arithmetic(isa)),
        rows_(rows),
        centroids_(centroids),
        packed_(kBlockRows * rows.cols()),
        row_(rows.cols()),
        scores_(std::max(centroids.k, centroids.panels().count * kPanel)) {}

  /// Labels rows from … to; at most kBlockRows.
  void label(Index from, Index to, std::span<Index> labels) {
    if (!centroids_.usable) {
      for (Index i = from; i < to; ++i) labels[static_cast<std::size_t>(i)] = decide_among_all(i);
      return;
    }
    for (Index i = from; i < to; ++i) norm2_[i - from] = pack(i, packed_.data() + (i - from) * rows_.cols());
    std::fill_n(packed_.data() + (to - from) * rows_.cols(), (kBlockRows - (to - from)) * rows_.cols(), 0.0F);
    screen_.block(packed_.data(), to - from, centroids_.panels(), best_);
    for (Index i = from; i < to; ++i) labels[static_cast<std::size_t>(i)] = decide(i, i - from);
  }

  double distance(Index i, Index label) {
    return arithmetic_.squared_distance(rows_.read(i, row_.data()), centroids_.exact.row(label).data(), rows_.cols());
  }

  Index rechecked() const { return rechecked_; }

 private:
  float pack(Index i, float* out) const {
    const double* mean = centroids_.mean.data();
    switch (rows_.dtype()) {
      case DType::kFloat64: return screen_.pack_float64(rows_.at<double>(i), mean, centroids_.scale, rows_.cols(), out);
      case DType::kFloat32: return screen_.pack_float32(rows_.at<float>(i), mean, centroids_.scale, rows_.cols(), out);
      default: return screen_.pack_uint8(rows_.at<std::uint8_t>(i), mean, centroids_.scale, rows_.cols(), out);
    }
  }

  // Row i, the one numbered `local` of the block.
  Index decide(Index i, Index local) {
    if (!(norm2_[local] < 1e30F)) return decide_among_all(i);  // its scores may have overflowed
    const float* best = best_.best + local * kPanel;
    const float* second = best_.second + local * kPanel;
    Index lane = 0;
    float runner_up = second[0];
    for (Index l = 1; l < kPanel; ++l) {
      const float lower = std::min(best[l], best[lane]);
      if (best[l] > best[lane]) lane = l;
      runner_up = std::max({runner_up, lower, second[l]});
    }
    const double threshold = centroids_.threshold(norm2_[local]);
    if (static_cast<double>(best[lane]) - static_cast<double>(runner_up) > threshold)
      return best_.panel[local * kPanel + lane] * kPanel + lane;
    return decide_within(i, packed_.data() + local * rows_.cols(), threshold);
  }

  Index decide_within(Index i, const float* packed, double threshold) {
    ++rechecked_;
    screen_.scores(packed, centroids_.panels(), scores_.data());
    const double least =
        static_cast<double>(*std::max_element(scores_.data(), scores_.data() + centroids_.k)) - threshold;
    const double* x = rows_.read(i, row_.data());
    Index label = 0;
    double nearest = kInfinity;
    for (Index c = 0; c < centroids_.k; ++c) {
      if (static_cast<double>(scores_[c]) < least) continue;
      const double d2 = arithmetic_.squared_distance(x, centroids_.exact.row(c).data(), rows_.cols());
      if (d2 < nearest) nearest = d2, label = c;
    }
    return label;
  }

  Index decide_among_all(Index i) {
    ++rechecked_;
    const double* x = rows_.read(i, row_.data());
    Index label = 0;
    double nearest = kInfinity;
    for (Index c = 0; c < centroids_.k; ++c) {
      const double d2 = arithmetic_.squared_distance(x, centroids_.exact.row(c).data(), rows_.cols());
      if (d2 < nearest) nearest = d2, label = c;
    }
    return label;
  }

  const Screen& screen_;
  const Arithmetic& arithmetic_;
  const Rows& rows_;
  const Centroids& centroids_;
  Buffer<float> packed_;
  Buffer<double> row_;
  Buffer<float> scores_;
  float norm2_[kBlockRows];
  Best best_;
  Index rechecked_ = 0;
};

void require_fitting(ConstArray features, ConstArray centroids, Index labels) {
  require(features.rank() == 2 && centroids.rank() == 2,
          "features and centroids must be matrices, but have shapes {} and {}", to_string(features.shape()),
          to_string(centroids.shape()));
  require(features.cols() == centroids.cols(), "expected {} columns, got {}", centroids.cols(), features.cols());
  require(centroids.rows() >= 1 && centroids.cols() >= 1, "needs at least 1 centroid and 1 column, got {}",
          to_string(centroids.shape()));
  require(features.rows() == labels, "needs {} labels, got {}", features.rows(), labels);
}

}  // namespace

NearestReport nearest_on(Isa isa, const Context& context, ConstArray features, ConstArray centroids,
                         std::span<Index> labels, std::span<double> squared_distance) {
  require_fitting(features, centroids, static_cast<Index>(labels.size()));
  require(squared_distance.empty() || squared_distance.size() == labels.size(), "needs {} distances, got {}",
          labels.size(), squared_distance.size());
  const Centroids ready(centroids);
  const Rows rows(features);
  std::atomic<Index> rechecked{0};
  context.parallel_for(rows.rows(), kTaskRows, [&](Index from, Index to) {
    Labeller labeller(isa, rows, ready);
    for (Index start = from; start < to; start += kBlockRows)
      labeller.label(start, std::min(to, start + kBlockRows), labels);
    if (!squared_distance.empty())
      for (Index i = from; i < to; ++i) {
        const auto at = static_cast<std::size_t>(i);
        squared_distance[at] = labeller.distance(i, labels[at]);
      }
    rechecked += labeller.rechecked();
  });
  return {rechecked};
}

void nearest(const Context& context, ConstArray features, ConstArray centroids, MutableArray labels,
             std::span<double> squared_distance) {
  nearest_on(best_isa(), context, features, centroids, labels.vector<Index>(), squared_distance);
}

void assigned_distances(const Context& context, ConstArray features, ConstArray centroids,
                        std::span<const Index> labels, std::span<double> squared_distance) {
  require_fitting(features, centroids, static_cast<Index>(labels.size()));
  require(squared_distance.size() == labels.size(), "needs {} distances, got {}", labels.size(),
          squared_distance.size());
  const RowMatrix<double> exact =
      visit_matrix(centroids, [](const auto& c) -> RowMatrix<double> { return c.template cast<double>(); });
  const Rows rows(features);
  const Arithmetic& on = arithmetic();
  context.parallel_for(rows.rows(), kTaskRows, [&](Index from, Index to) {
    const Buffer<double> row(rows.cols());
    for (Index i = from; i < to; ++i) {
      const Index label = labels[static_cast<std::size_t>(i)];
      require(label >= 0 && label < exact.rows(), "row {} has label {}, but there are {} centroids", i, label,
              exact.rows());
      squared_distance[static_cast<std::size_t>(i)] =
          on.squared_distance(rows.read(i, row.data()), exact.row(label).data(), rows.cols());
    }
  });
}

double inertia(const Context& context, ConstArray features, ConstArray centroids, std::span<const Index> labels,
               std::span<const double> weights) {
  require(weights.empty() || weights.size() == labels.size(), "needs {} weights, got {}", labels.size(),
          weights.size());
  std::vector<double> terms(labels.size());
  assigned_distances(context, features, centroids, labels, terms);
  for (std::size_t i = 0; i < weights.size(); ++i) terms[i] *= weights[i];
  return sum_in_blocks(terms);
}

}  // namespace shoal::kernels
