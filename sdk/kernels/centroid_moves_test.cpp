#include "centroid_moves.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "distances.h"
#include "isa.h"
#include "shoal/testing.h"

namespace shoal::kernels {
namespace {

RowMatrix<double> normal_points(std::uint64_t seed, Index n, Index d, double offset, double spread) {
  Random random(seed);
  RowMatrix<double> out(n, d);
  for (Index i = 0; i < out.size(); ++i) out.data()[i] = offset + spread * random.normal();
  return out;
}

// ½(‖x − c‖² − ‖x − l‖²), the least over all c but the nearest, l.
double gap_of(const RowMatrix<double>& x, Index row, const RowMatrix<double>& centroids, Index own) {
  double least = std::numeric_limits<double>::infinity();
  for (Index c = 0; c < centroids.rows(); ++c)
    if (c != own)
      least = std::min(
          least, ((x.row(row) - centroids.row(c)).squaredNorm() - (x.row(row) - centroids.row(own)).squaredNorm()) / 2);
  return least;
}

// Follows gaps and radii through several moves: gaps may not exceed the true ones nor radii fall below them, and rows
// whose gap has closed are listed, in all hardly more than Hamerly's bounds leave.
void expect_followed(Isa isa, Index n, Index d, Index k, double offset, double spread, double scale) {
  SCOPED_TRACE(text("isa {}, {} x {}, k {}, offset {}", static_cast<int>(isa), n, d, k, offset));
  const RowMatrix<double> x = normal_points(1, n, d, offset, spread);
  RowMatrix<double> before = normal_points(2, k, d, offset, spread);
  const auto room = static_cast<std::size_t>((n + kPanel) / kPanel * kPanel);
  std::vector<float> gap(room), radius(room);
  std::vector<double> upper(room), lower(room);  // Hamerly's
  std::vector<std::uint8_t> own(room);
  for (Index i = 0; i < n; ++i) {
    Index nearest = 0;
    for (Index c = 1; c < k; ++c)
      if ((x.row(i) - before.row(c)).squaredNorm() < (x.row(i) - before.row(nearest)).squaredNorm()) nearest = c;
    const auto at = static_cast<std::size_t>(i);
    own[at] = static_cast<std::uint8_t>(nearest);
    gap[at] = static_cast<float>(gap_of(x, i, before, nearest) * scale * scale) * (1 - 0x1p-20F);
    radius[at] = static_cast<float>((x.row(i) - before.row(nearest)).norm() * scale) * (1 + 0x1p-20F);
    upper[at] = (x.row(i) - before.row(nearest)).norm();
    lower[at] = std::sqrt(upper[at] * upper[at] + 2 * gap_of(x, i, before, nearest));
  }
  testing::Host host;
  CentroidMoves moves(isa, k);
  Index all_listed = 0, hamerly = 0;
  for (int move = 0; move < 6; ++move) {
    const RowMatrix<double> step =
        normal_points(10 + static_cast<std::uint64_t>(move), k, d, 0, spread * 0.05 / (1 + move));
    const RowMatrix<double> now = before + step;
    moves.set(host.context(), before, now, scale, std::sqrt(static_cast<double>(d)) * spread * scale);
    std::vector<std::int32_t> list(room);
    const Index listed = distances(isa).follow(own.data(), moves.tables(), n, gap.data(), radius.data(), list.data());
    list.resize(static_cast<std::size_t>(listed));
    all_listed += listed;
    const Eigen::VectorXd shifts = step.rowwise().norm();
    for (Index i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double truth = gap_of(x, i, now, own[at]) * scale * scale;
      const double far = (x.row(i) - now.row(own[at])).norm() * scale;
      ASSERT_LE(static_cast<double>(gap[at]), truth) << "row " << i << ", move " << move;
      ASSERT_GE(static_cast<double>(radius[at]), far) << "row " << i << ", move " << move;
      const bool is_listed = std::binary_search(list.begin(), list.end(), static_cast<std::int32_t>(i));
      ASSERT_TRUE(is_listed || truth > 0) << "row " << i << ", move " << move;
      ASSERT_TRUE(is_listed || gap[at] > 0) << "row " << i << ", move " << move;
      upper[at] += shifts[own[at]], lower[at] -= shifts.maxCoeff();
      hamerly += lower[at] > upper[at] ? 0 : 1;
    }
    before = now;
  }
  EXPECT_LE(all_listed, hamerly + hamerly / 20);
}

TEST(CentroidMoves, TakeNoMoreOfAGapThanIsLeft) {
  for (const Isa isa : supported_isas()) {
    for (const Index d : {1, 2, 7, 50})
      for (const Index k : {2, 3, 10, 17, 100}) expect_followed(isa, 333, d, k, 0, 1, 1);
    expect_followed(isa, 333, 20, 10, 1e4, 1, 1);
    expect_followed(isa, 333, 20, 10, 0, 1e-30, 0x1p100);
    expect_followed(isa, 5, 20, 10, 0, 3, 1);
  }
}

TEST(CentroidMoves, KnowNoOtherWhereThereIsOneCentroid) {
  const RowMatrix<double> before = normal_points(1, 1, 4, 0, 1), now = normal_points(2, 1, 4, 0, 1);
  testing::Host host;
  for (const Isa isa : supported_isas()) {
    CentroidMoves moves(isa, 1);
    moves.set(host.context(), before, now, 1, 1);
    std::vector<float> gap(kPanel, std::numeric_limits<float>::infinity()), radius(kPanel, 1.0F);
    std::vector<std::uint8_t> own(kPanel);
    std::vector<std::int32_t> list(kPanel);
    EXPECT_EQ(distances(isa).follow(own.data(), moves.tables(), 3, gap.data(), radius.data(), list.data()), 0);
    EXPECT_EQ(gap[0], std::numeric_limits<float>::infinity());
  }
}

TEST(CentroidMoves, LeaveOpenWhatIsNotKnown) {
  const RowMatrix<double> before = normal_points(1, 5, 4, 0, 1), now = normal_points(2, 5, 4, 0, 1);
  testing::Host host;
  for (const Isa isa : supported_isas()) {
    CentroidMoves moves(isa, 5);
    std::vector<float> gap(kPanel, -std::numeric_limits<float>::infinity()),
        radius(kPanel, std::numeric_limits<float>::infinity());
    std::vector<std::uint8_t> own(kPanel, 2);
    std::vector<std::int32_t> list(kPanel);
    for (const RowMatrix<double>& to : {now, now}) {
      moves.set(host.context(), before, to, 1, 1);
      EXPECT_EQ(distances(isa).follow(own.data(), moves.tables(), 3, gap.data(), radius.data(), list.data()), 3);
    }
  }
}

}  // namespace
}  // namespace shoal::kernels
