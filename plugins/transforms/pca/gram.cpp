#include "gram.h"

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "panel.h"

using shoal::Index;

template <typename Scalar>
Eigen::RowVectorXd column_means(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points) {
  Eigen::RowVectorXd sums = Eigen::RowVectorXd::Zero(points.cols());
  context.parallel_for(points.cols(), 64, [&](Index from, Index to) {
    double sum[64] = {};
    for (Index i = 0; i < points.rows(); ++i) {
      const Scalar* row = points.data() + i * points.outerStride() + from;
      for (Index j = 0; j < to - from; ++j) sum[j] += static_cast<double>(row[j]);
    }
    for (Index j = 0; j < to - from; ++j) sums[from + j] = sum[j];
  });
  return sums / static_cast<double>(points.rows());
}

template <typename Scalar>
Eigen::MatrixXd centred_gram(const shoal::Context& context, const shoal::ConstMatrix<Scalar>& points,
                             const Eigen::RowVectorXd& mean) {
  using Number = std::conditional_t<std::is_same_v<Scalar, double>, double, float>;
  constexpr Index kWidth = panel::kWidth<Number>;
  constexpr Index kAlign = 32 / sizeof(Number);
  const Index d = points.cols();
  const Index panels = (d + kWidth - 1) / kWidth;
  using Add = void (*)(const Number*, long, long, long, double*);
  Add add = panel::add_baseline;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) add = panel::add_avx2;
#endif

  // Columns beyond D stay 0.
  Eigen::Matrix<Number, Eigen::Dynamic, 1> memory =
      Eigen::Matrix<Number, Eigen::Dynamic, 1>::Zero(panels * panel::kGroup * kWidth + kAlign);
  const auto past = static_cast<Index>(reinterpret_cast<std::uintptr_t>(memory.data()) % 32 / sizeof(Number));
  Number* const packed = memory.data() + (past == 0 ? 0 : kAlign - past);
  shoal::RowMatrix<double> sums = shoal::RowMatrix<double>::Zero(panels * kWidth, panels * kWidth);
  for (Index first = 0; first < points.rows(); first += panel::kGroup) {
    const Index rows = std::min<Index>(panel::kGroup, points.rows() - first);
    context.parallel_for(rows, panel::kChunk, [&](Index from, Index to) {
      for (Index i = from; i < to; ++i) {
        const Scalar* row = points.data() + (first + i) * points.outerStride();
        for (Index p = 0; p < panels; ++p) {
          Number* const out = packed + (p * panel::kGroup + i) * kWidth;
          const Index start = p * kWidth, width = std::min(kWidth, d - start);
          for (Index j = 0; j < width; ++j)
            out[j] = static_cast<Number>(static_cast<double>(row[start + j]) - mean[start + j]);
        }
      }
    });
    // One task owns a panel's sums, so that no order of tasks shows.
    context.parallel_for(panels, 1, [&](Index from, Index to) {
      for (Index p = from; p < to; ++p) add(packed, rows, panels, p, sums.data());
    });
  }
  Eigen::MatrixXd out = sums.topLeftCorner(d, d);
  out.triangularView<Eigen::StrictlyLower>() = out.transpose();
  return out;
}

#define INSTANTIATE(Scalar)                                                                           \
  template Eigen::RowVectorXd column_means(const shoal::Context&, const shoal::ConstMatrix<Scalar>&); \
  template Eigen::MatrixXd centred_gram(const shoal::Context&, const shoal::ConstMatrix<Scalar>&,     \
                                        const Eigen::RowVectorXd&);
INSTANTIATE(float)
INSTANTIATE(double)
INSTANTIATE(std::uint8_t)
#undef INSTANTIATE
