#include "projection.h"

#include <algorithm>
#include <cmath>

namespace shoal::kernels {
namespace {

constexpr Index kSample = 512;
constexpr Index kBlockRows = 96;
constexpr Index kBytes = 32 << 20;

// √a, where a is known to `error`: how far the root may be wrong.
double error_of_root(double a, double error) {
  const double root = std::sqrt(std::max(0.0, a));
  return root > 0 ? std::min(std::sqrt(error), error / root) : std::sqrt(error);
}

}  // namespace

Index Projection::dimensions(Index n, Index cols, Index k) {
  if (cols < 96 || k < 4) return 0;
  const Index wanted = cols < 256 ? 32 : k <= kPanel ? 48 : 64;
  const Index affordable = kBytes / 4 / std::max<Index>(1, n) / 16 * 16;
  return std::min(wanted, std::max<Index>(16, affordable));
}

Projection::Projection(const Context& context, const Rows& rows, const Frame& frame, Index dimensions, Isa isa,
                       std::span<float> norm2)
    : frame_(frame),
      dimensions_(dimensions),
      rows_(rows.rows() * dimensions),
      norm2_(static_cast<std::size_t>(rows.rows())),
      slack_(static_cast<std::size_t>(rows.rows())) {
  find_directions(rows, isa);
  take_rows(context, rows, isa, norm2);
}

void Projection::find_directions(const Rows& rows, Isa isa) {
  std::vector<Index> chosen;
  const Index sampled = std::min(kSample, rows.rows());
  for (Index i = 0; i < sampled; ++i) chosen.push_back(i * (rows.rows() / sampled));
  const RowMatrix<double> exact = rows.take(chosen);
  RowMatrix<float> sample(sampled, rows.cols());
  for (Index i = 0; i < sampled; ++i) {
    float* to = sample.row(i).data();
    if (!has_scores(screen(isa).pack_float64(exact.row(i).data(), frame_.shift.data(), frame_.scale, rows.cols(), to)))
      sample.row(i).setZero();
  }
  const Index m = std::min({dimensions_ - 1, sampled, rows.cols()});
  Directions found = leading_directions(isa, sample, m);
  directions_ = RowMatrix<double>::Zero(dimensions_ - 1, rows.cols());
  if (!(found.departure < 1e-3)) return;  // the sample is degenerate: only norms are compared
  directions_.topRows(m) = found.rows.cast<double>();
  skew_ = found.departure;
}

void Projection::take_rows(const Context& context, const Rows& rows, Isa isa, std::span<float> norm2) {
  const Screen& screen = kernels::screen(isa);
  const Index m = dimensions_ - 1, cols = rows.cols();
  std::vector<float> bias(static_cast<std::size_t>(m), 0.0F);
  if (frame_.raw)
    for (Index p = 0; p < m; ++p) {
      double along_shift = 0;
      for (Index j = 0; j < cols; ++j)
        along_shift += directions_(p, j) * static_cast<double>(frame_.shift[static_cast<std::size_t>(j)]);
      bias[static_cast<std::size_t>(p)] = static_cast<float>(-along_shift);
    }
  // The directions as if they were centroids: a row's scores with them are its first m numbers.
  const LanePanels lanes(directions_.cast<float>(), bias);
  const Panels directions = lanes.panels();
  const Index panels = directions.count;
  const double gamma = screen_gamma(cols);

  context.parallel_for(rows.rows(), kBlockRows, [&](Index from, Index to) {
    const Operands operands(rows, frame_, screen);
    const Buffer<float> packed(operands.in_place() ? 0 : kBlockRows * cols), scores(kBlockRows * panels * kPanel);
    const float* block[kBlockRows];
    for (Index i = from; i < to; ++i)
      block[i - from] = operands.take(i, packed, i - from, norm2[static_cast<std::size_t>(i)]);
    screen.all_scores(block, to - from, directions, scores.data());
    for (Index i = from; i < to; ++i) {
      const float* y = scores.data() + (i - from) * panels * kPanel;
      float* out = rows_.data() + i * dimensions_;
      const auto square = static_cast<double>(norm2[static_cast<std::size_t>(i)]);
      double inside = 0;
      for (Index p = 0; p < m; ++p) inside += static_cast<double>(y[p]) * static_cast<double>(y[p]);
      std::copy_n(y, m, out);
      const double left = std::sqrt(std::max(0.0, square - inside));
      out[m] = static_cast<float>(left);
      norm2_[static_cast<std::size_t>(i)] = static_cast<float>(inside + left * left);
      // ‖what was summed in float32, less what it should be‖, then what that makes of the last number.
      const double norm = std::sqrt(square) * (1 + 2 * gamma), length = 1 + skew_;
      const double wrong = std::sqrt(static_cast<double>(m)) * gamma * length * (norm + 2 * frame_.shift_norm) + 1e-18;
      const double of_square = 4 * gamma * square + (2 * std::sqrt(inside) + wrong) * wrong + skew_ * inside;
      slack_[static_cast<std::size_t>(i)] =
          static_cast<float>((wrong + error_of_root(square - inside, of_square) + left * 0x1p-23) * (1 + 0x1p-20));
    }
  });
}

void Projection::set_centroids(const Context& context, const RowMatrix<double>& given) {
  const Index k = given.rows();
  const bool first = !centroids_;
  if (first) {
    centroids_ = std::make_unique<Centroids>(
        k, dimensions_, Frame{.shift = std::vector<float>(static_cast<std::size_t>(dimensions_), 0.0F), .raw = true});
    projected_ = RowMatrix<double>::Zero(k, dimensions_);
    given_.resize(k, given.cols());
    centroid_slacks_.resize(static_cast<std::size_t>(k));
    moves_.resize(static_cast<std::size_t>(k));
    move_rows_.resize(static_cast<std::size_t>(k * dimensions_));
  }
  context.parallel_for(k, 16, [&](Index from, Index to) {
    for (Index c = from; c < to; ++c) {
      if (first || given_.row(c) != given.row(c)) set_centroid(c, given.row(c), first);
      else moves_[static_cast<std::size_t>(c)] = {};
    }
  });
  centroid_slack_ = static_cast<float>(*std::max_element(centroid_slacks_.begin(), centroid_slacks_.end())) * kUp;
  centroids_->set(context, projected_);
}

void Projection::set_centroid(Index c, const Eigen::Ref<const Eigen::RowVectorXd>& given, bool first) {
  const Index m = dimensions_ - 1;
  const Eigen::Map<const Eigen::RowVectorXf> shift(frame_.shift.data(), given.cols());
  const Eigen::RowVectorXd v = (given - shift.cast<double>()) * frame_.scale;
  const Eigen::RowVectorXd inside = v * directions_.transpose();
  const double square = v.squaredNorm(), part = inside.squaredNorm();
  const double left = std::sqrt(std::max(0.0, square - part));
  const double slack = error_of_root(square - part, skew_ * part + 1e-12 * square);

  Move& move = moves_[static_cast<std::size_t>(c)];
  if (!first) {
    const Eigen::RowVectorXd before = projected_.row(c).head(m), by = before - inside;  // c − c', as the bound has it
    const double moved = (given_.row(c) - given).squaredNorm() * frame_.scale * frame_.scale, within = by.squaredNorm();
    const double outside = std::sqrt(std::max(0.0, moved - within)) +
                           error_of_root(moved - within, skew_ * within + 1e-12 * moved) + 2 * skew_ * std::sqrt(moved);
    float* const row = move_rows_.data() + c * dimensions_;
    for (Index p = 0; p < m; ++p) row[p] = static_cast<float>(by[p]);
    row[m] = 0;
    move = {.along = static_cast<float>(before.dot(by)),
            .inside = static_cast<float>(std::sqrt(within)) * kUp,
            .outside = static_cast<float>(outside) * kUp,
            .square = static_cast<float>(moved) * kUp,
            .rest = static_cast<float>(projected_(c, m) + centroid_slacks_[static_cast<std::size_t>(c)]) * kUp};
  }
  given_.row(c) = given;
  projected_.row(c).head(m) = inside;
  projected_(c, m) = left;
  centroid_slacks_[static_cast<std::size_t>(c)] = slack;
}

}  // namespace shoal::kernels
