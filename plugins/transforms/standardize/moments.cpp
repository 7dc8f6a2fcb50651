#include "moments.h"

#include <cmath>
#include <limits>

template <typename Scalar>
Moments moments(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points) {
  const auto n = static_cast<double>(points.rows());
  Moments out{Eigen::RowVectorXd(points.cols()), Eigen::RowVectorXd(points.cols())};
  context.parallel_for(points.cols(), 64, [&](shoal::Index from, shoal::Index to) {
    const shoal::Index width = to - from;
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(width);
    for (Eigen::Index i = 0; i < points.rows(); ++i) sum += points.row(i).segment(from, width).template cast<double>();
    const Eigen::RowVectorXd mean = sum / n;
    Eigen::RowVectorXd squares = Eigen::RowVectorXd::Zero(width);
    for (Eigen::Index i = 0; i < points.rows(); ++i)
      squares += (points.row(i).segment(from, width).template cast<double>() - mean).cwiseAbs2();
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    for (shoal::Index j = 0; j < width; ++j) {
      const double variance = squares[j] / n, rounding = n * kEpsilon * mean[j];
      const bool constant = variance <= n * kEpsilon * variance + rounding * rounding;
      out.mean[from + j] = mean[j];
      out.scale[from + j] = constant ? 1 : std::sqrt(variance);
    }
  });
  return out;
}

template Moments moments(const shoal::Context&, const shoal::ConstMatrix<float>&);
template Moments moments(const shoal::Context&, const shoal::ConstMatrix<double>&);
template Moments moments(const shoal::Context&, const shoal::ConstMatrix<std::uint8_t>&);
