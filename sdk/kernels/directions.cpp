#include "directions.h"

#include <Eigen/QR>
#include <algorithm>
#include <vector>

#include "shoal/random.h"

namespace shoal::kernels {
namespace {

constexpr int kSteps = 3;

template <typename Matrix>
Matrix orthonormal(const Matrix& columns) {
  const Eigen::HouseholderQR<Matrix> qr(columns);
  return qr.householderQ() * Matrix::Identity(columns.rows(), columns.cols());
}

}  // namespace

LanePanels::LanePanels(const RowMatrix<float>& rows, std::span<const float> bias)
    : count_((rows.rows() + kPanel - 1) / kPanel),
      cols_(rows.cols()),
      lanes_(rows.rows()),
      values_(count_ * kPanel * cols_),
      bias_(count_ * kPanel) {
  std::fill_n(bias_.data(), count_ * kPanel, 0.0F);
  std::copy(bias.begin(), bias.end(), bias_.data());
  std::fill_n(values_.data(), count_ * kPanel * cols_, 0.0F);
  for (Index r = 0; r < rows.rows(); ++r)
    for (Index j = 0; j < cols_; ++j) values_[(r / kPanel * cols_ + j) * kPanel + r % kPanel] = rows(r, j);
}

Directions leading_directions(Isa isa, const RowMatrix<float>& sample, Index count) {
  const Index m = sample.rows();
  const LanePanels lanes(sample);
  std::vector<const float*> rows;
  for (Index i = 0; i < m; ++i) rows.push_back(sample.row(i).data());
  RowMatrix<float> gram(m, lanes.panels().count * kPanel);
  screen(isa).all_scores(rows.data(), m, lanes.panels(), gram.data());

  Random random(0x5ee0d);
  Eigen::MatrixXf basis(m, count);
  for (Index i = 0; i < basis.size(); ++i) basis.data()[i] = static_cast<float>(random.normal());
  for (int step = 0; step < kSteps; ++step) basis = orthonormal<Eigen::MatrixXf>(gram.leftCols(m) * basis);

  const Eigen::MatrixXd spread = (sample.transpose() * basis).cast<double>();
  Directions out{orthonormal(spread).transpose().cast<float>(), 0};
  const Eigen::MatrixXd exact = out.rows.cast<double>();
  out.departure = (exact * exact.transpose() - Eigen::MatrixXd::Identity(count, count)).norm() +
                  static_cast<double>(count * sample.cols()) * 0x1p-52;  // what float64 sums may miss
  return out;
}

}  // namespace shoal::kernels
