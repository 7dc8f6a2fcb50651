#include "curve.h"

#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>

namespace {

constexpr int kDistances = 300;

/// What is left to the target, and its derivatives by ln a and b (so that a stays positive).
struct Fit {
  Eigen::VectorXd residual{kDistances};
  Eigen::MatrixX2d jacobian{kDistances, 2};
};

Fit look_at(const Curve& curve, double min_dist, double spread) {
  Fit out;
  for (int i = 0; i < kDistances; ++i) {
    const double d = 3 * spread * i / (kDistances - 1);
    const double target = d < min_dist ? 1 : std::exp(-(d - min_dist) / spread);
    const double power = d == 0 ? 0 : curve.a * std::pow(d, 2 * curve.b), value = 1 / (1 + power);
    out.residual[i] = value - target;
    const double slope = -value * value * power;  // by ln a
    out.jacobian.row(i) << slope, d == 0 ? 0 : slope * 2 * std::log(d);
  }
  return out;
}

}  // namespace

Curve fit_curve(double min_dist, double spread) {  // Levenberg and Marquardt
  Curve curve;
  Fit fit = look_at(curve, min_dist, spread);
  double damping = 1e-3;
  for (int step = 0; step < 200 && damping < 1e12; ++step) {
    Eigen::Matrix2d normal = fit.jacobian.transpose() * fit.jacobian;
    normal.diagonal() *= 1 + damping;
    const Eigen::Vector2d change = -normal.inverse() * (fit.jacobian.transpose() * fit.residual);
    const Curve next{curve.a * std::exp(change[0]), curve.b + change[1]};
    const Fit there = look_at(next, min_dist, spread);
    if (!(there.residual.squaredNorm() < fit.residual.squaredNorm())) {
      damping *= 10;
      continue;
    }
    curve = next, fit = there, damping /= 10;
    if (change.norm() < 1e-12) break;
  }
  return curve;
}
