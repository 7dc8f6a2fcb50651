#include <gmock/gmock.h>

#include <Eigen/LU>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <numbers>

#include "../../../tests/reference/reference.h"
#include "distance.h"
#include "em.h"
#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::Given;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using shoal::testing::values;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// The points of tests/reference/gmm.py.
RowMatrix<double> reference_points() {
  RowMatrix<double> x(400, 4);
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index j = 0; j < x.cols(); ++j)
      x(i, j) = static_cast<double>((i * i * (j + 3) + 7 * i * j) % 101) / 25.0 +
                static_cast<double>((i % 3) * (j + 1)) * 0.75;
    x(i, 3) += 0.5 * x(i, 0);
  }
  return x;
}

/// Three groups of correlated columns, well apart; row i belongs to i mod 3.
RowMatrix<double> three_groups(Index n, Index d) {
  RowMatrix<double> x = normal_points(1, n, d) * normal_points(2, d, d);
  for (Index i = 0; i < n; ++i) x(i, 0) += 60.0 * static_cast<double>(i % 3);
  return x;
}

shoal::Clustering fit(Host& host, const Given& given, const shoal::FitInput& input) {
  return shoal::testing::fit(host, "clusterer/gmm", given, input);
}

Fitted fit_from(Host& host, const RowMatrix<double>& x, const RowMatrix<double>& points, const EmOptions& options) {
  std::vector<Index> labels(static_cast<std::size_t>(x.rows()));
  shoal::kernels::nearest(host.context(), ConstArray(x), ConstArray(points), shoal::MutableArray(labels));
  return fit_mixture(host.context(), ConstArray(x), {}, labels, points, options);
}

TEST(Gmm, IsThatOfScikitLearnFromTheSameResponsibilities) {
  const auto reference = shoal::testing::reference("gmm");
  ASSERT_EQ(reference["cases"].size(), 2U);
  const RowMatrix<double> x = reference_points();
  for (const auto& c : reference["cases"]) {
    SCOPED_TRACE(c["covariance_type"]);
    Host host({.threads = 2});
    const bool full = c["covariance_type"] == "full";
    const Fitted found = fit_from(host, x, x.topRows(3),
                                  {.type = full ? CovarianceType::kFull : CovarianceType::kDiag, .max_iter = 300});
    EXPECT_TRUE(found.converged);
    EXPECT_EQ(found.log_likelihood.size(), c["iterations"].get<std::size_t>());
    EXPECT_NEAR(found.log_likelihood.back(), c["log_likelihood"].get<double>(), 1e-8);
    const auto near = [](const auto& matrix, const nlohmann::json& rows) {
      for (Index i = 0; i < matrix.rows(); ++i)
        for (Index j = 0; j < matrix.cols(); ++j) EXPECT_NEAR(matrix(i, j), rows[i][j].get<double>(), 1e-6);
    };
    near(found.mixture.means, c["means"]);
    near(found.mixture.covariances, c["covariances"]);
    for (Index k = 0; k < 3; ++k) EXPECT_NEAR(found.mixture.weights[k], c["weights"][k].get<double>(), 1e-8);
    std::string labels;
    for (const Index label : found.labels) labels += std::to_string(label);
    EXPECT_EQ(labels, c["labels"]);
    double joint[3];
    Densities(found.mixture).log_joint(ConstArray(x).slice(0, 1), joint);
    EXPECT_NEAR(std::log(std::exp(joint[0]) + std::exp(joint[1]) + std::exp(joint[2])),
                c["log_density_of_row_0"].get<double>(), 1e-7);
  }
}

TEST(Gmm, OfOneComponentIsTheMeanAndTheCovariance) {
  const RowMatrix<double> x = normal_points(3, 700, 5) * normal_points(4, 5, 5);
  const Eigen::RowVectorXd mean = x.colwise().mean();
  const Eigen::MatrixXd covariance = (x.rowwise() - mean).transpose() * (x.rowwise() - mean) / 700.0;
  Host host;
  const Fitted full = fit_from(host, x, mean, {.reg_covar = 0});
  EXPECT_LT((full.mixture.means - mean).norm(), 1e-12);
  EXPECT_LT((full.mixture.covariances - covariance).norm(), 1e-12 * covariance.norm());
  const Fitted diag = fit_from(host, x, mean, {.type = CovarianceType::kDiag, .reg_covar = 0.25});
  EXPECT_LT(
      (diag.mixture.covariances.row(0).array() - 0.25 - covariance.diagonal().transpose().array()).matrix().norm(),
      1e-12 * covariance.norm());
  // Its log-likelihood in closed form: −½(D ln 2π + ln det Σ + D).
  const double expected = -0.5 * (5 * std::log(2 * std::numbers::pi) + std::log(covariance.determinant()) + 5);
  EXPECT_NEAR(full.log_likelihood.back(), expected, 1e-10);
  EXPECT_TRUE(full.converged);
  EXPECT_EQ(full.log_likelihood.size(), 2U);  // the second changed nothing
}

TEST(Gmm, LogLikelihoodNeverFalls) {
  const RowMatrix<double> x = normal_points(5, 2000, 6);  // no groups: slow, with many ways to go
  for (const CovarianceType type : {CovarianceType::kFull, CovarianceType::kDiag}) {
    Host host({.threads = 2});
    const Fitted found = fit_from(host, x, x.topRows(8), {.type = type, .tol = 0, .reg_covar = 0, .max_iter = 60});
    ASSERT_EQ(found.log_likelihood.size(), 60U);
    for (std::size_t i = 1; i < 60; ++i) EXPECT_GE(found.log_likelihood[i], found.log_likelihood[i - 1] - 1e-12);
    EXPECT_GT(found.log_likelihood.back(), found.log_likelihood.front() + 0.01);
    EXPECT_FALSE(found.converged);
  }
}

/// How many labels are not those of two groups, of which row i belongs to i mod 2.
int wrong_of_two(const std::vector<Index>& labels) {
  int wrong = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) wrong += labels[i] != labels[i % 2];
  return wrong;
}

TEST(Gmm, FindsStretchedGroupsByEveryInit) {  // sd 4 along, 1 across, 6 apart across: k-means cuts them in halves
  RowMatrix<double> x = normal_points(6, 900, 2);
  for (Index i = 0; i < 900; ++i) x(i, 0) *= 4, x(i, 1) += 6.0 * static_cast<double>(i % 2);
  Host any;
  std::vector<Index> halves(900);
  run_kmeans(any.context(), ConstArray(x), {}, RowMatrix<double>{{-4, 3}, {4, 3}}, halves);
  EXPECT_GT(wrong_of_two(halves), 100);
  for (const char* init : {"kmeans", "k-means++", "random"}) {
    SCOPED_TRACE(init);
    Host host({.seed = 3});
    const Given given{{"k", 2}, {"init", init}, {"n_init", 10}, {"max_iter", 300}, {"tol", 1e-6}};
    EXPECT_LT(wrong_of_two(values(fit(host, given, {.features = ConstArray(x)}).labels)), 5);
  }
}

TEST(Gmm, IsTheSameForAnyNumberOfThreadsAndEveryDtype) {
  const RowMatrix<std::uint8_t> bytes =
      (three_groups(5000, 7).array() + 60).cwiseMax(0).cwiseMin(255).cast<std::uint8_t>();
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  for (const char* type : {"full", "diag"}) {
    const Given given{{"k", 5}, {"covariance_type", type}, {"max_iter", 20}, {"n_init", 2}};
    Host one;
    const auto expected = fit(one, given, {.features = ConstArray(doubles)});
    for (const int threads : {1, 2, 3})
      for (const ConstArray& x : {ConstArray(bytes), ConstArray(floats), ConstArray(doubles)}) {
        Host host({.threads = threads});
        const auto found = fit(host, given, {.features = x});
        EXPECT_EQ(values(found.labels), values(expected.labels));
        EXPECT_EQ(found.centroids->view().matrix<double>(), expected.centroids->view().matrix<double>());
        EXPECT_EQ(found.iterations, expected.iterations);
      }
  }
}

TEST(Gmm, CountsAnExampleOfWeightThreeThreeTimes) {
  const RowMatrix<double> x = three_groups(300, 3);
  std::vector<double> weights;
  RowMatrix<double> repeated(0, 3);
  for (Index i = 0; i < 300; ++i) {
    weights.push_back(static_cast<double>(i % 4));
    for (Index copy = 0; copy < i % 4; ++copy) {
      repeated.conservativeResize(repeated.rows() + 1, Eigen::NoChange);
      repeated.bottomRows(1) = x.row(i);
    }
  }
  for (const char* type : {"full", "diag"}) {
    const RowMatrix<double> init = x.topRows(3);
    const Given given{{"k", 3}, {"covariance_type", type}};
    Host host;
    const auto weighted =
        fit(host, given, {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
    const auto copied = fit(host, given, {.features = ConstArray(repeated), .init = ConstArray(init)});
    EXPECT_LT((weighted.centroids->view().matrix<double>() - copied.centroids->view().matrix<double>()).norm(), 1e-9);
    EXPECT_EQ(weighted.iterations, copied.iterations);
  }
}

TEST(Gmm, TakesExamplesThatAreSortedByGroup) {  // then most chunks of rows hold nothing of a component
  RowMatrix<double> x = normal_points(8, 4000, 50);
  x.topRows(2000).array() += 9;
  Host host;
  const auto found = fit(host, {{"k", 2}}, {.features = ConstArray(x)});
  const auto labels = values(found.labels);
  for (std::size_t i = 0; i < 4000; ++i) EXPECT_EQ(labels[i], labels[i / 2000 * 2000]);
}

TEST(Gmm, ReportsTheLogLikelihoodOfEachIteration) {
  const RowMatrix<double> x = three_groups(300, 3);
  Host host;
  const auto found = fit(host, {{"k", 3}, {"n_init", 3}}, {.features = ConstArray(x)});
  ASSERT_EQ(static_cast<Index>(host.scalars().size()), found.iterations);  // of the start that is kept
  EXPECT_EQ(host.scalars().back().name, "log_likelihood");
  EXPECT_EQ(host.scalars().back().step, found.iterations - 1);
  EXPECT_TRUE(found.converged);
}

TEST(Gmm, PredictsTheFittedLabelsAgainAlsoAfterSaveAndLoad) {
  const RowMatrix<double> x = three_groups(1500, 13);  // neither a whole panel nor a whole group of columns
  for (const char* type : {"full", "diag"}) {
    const Given given{{"k", 3}, {"covariance_type", type}};
    Host host;
    const Made gmm(host.context(), "clusterer/gmm", given), other(host.context(), "clusterer/gmm", given);
    const auto found = shoal::ClustererProxy(gmm.object()).fit(host.context(), {.features = ConstArray(x)});
    shoal::testing::SavedState(host.context(), gmm.object()).load_into(other.object());
    for (const Made* made : {&gmm, &other}) {
      std::vector<Index> again(1500);
      shoal::ClustererProxy(made->object()).predict(host.context(), ConstArray(x), shoal::MutableArray(again));
      EXPECT_EQ(again, values(found.labels));
    }
    for (Index i = 3; i < 1500; ++i) EXPECT_EQ(values(found.labels)[i], values(found.labels)[i % 3]);
  }
}

TEST(Gmm, KeepsDuplicatesFromBecomingPoints) {  // two points, 50 times each: variance 0 but for reg_covar
  RowMatrix<double> x(100, 2);
  for (Index i = 0; i < 100; ++i) x.row(i).setConstant(i % 2 == 0 ? 1.0 : 4.0);
  for (const char* type : {"full", "diag"}) {
    Host host;
    const auto found = fit(host, {{"k", 2}, {"covariance_type", type}}, {.features = ConstArray(x)});
    EXPECT_NE(values(found.labels)[0], values(found.labels)[1]);
    EXPECT_EQ(found.centroids->view().matrix<double>().row(values(found.labels)[1]), (Eigen::RowVector2d(4, 4)));
    EXPECT_THAT(
        [&] {
          fit(host, {{"k", 2}, {"covariance_type", type}, {"reg_covar", 0.0}}, {.features = ConstArray(x)});
        },
        ThrowsMessage<InputError>(HasSubstr("is not positive definite: raise 'reg_covar'")));
  }
  // More components than points that differ: one has no example, says so, and takes part in nothing.
  Host host;
  const auto found = fit(host, {{"k", 3}}, {.features = ConstArray(x)});
  EXPECT_TRUE(found.centroids->view().matrix<double>().allFinite());
  EXPECT_THAT(host.log().back().text, HasSubstr("1 of the 3 components have no example"));
}

TEST(Gmm, SaysWhatIsWrong) {
  RowMatrix<double> x = three_groups(20, 3);
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 21}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<InputError>(HasSubstr("k is 21 but there are only 20 examples")));
  const RowMatrix<double> two = x.topRows(2);
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 3}}, {.features = ConstArray(x), .init = ConstArray(two)});
      },
      ThrowsMessage<InputError>(HasSubstr("k is 3 but 2 initial points are given")));
  const Made gmm(host.context(), "clusterer/gmm", {{"k", 2}});
  std::vector<Index> labels(20);
  EXPECT_THROW(shoal::ClustererProxy(gmm.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(labels)),
               shoal::StateError);
  fit(host, {{"k", 2}, {"max_iter", 1}}, {.features = ConstArray(x)});
  EXPECT_THAT(host.log().back().text, HasSubstr("not converged"));
  x(4, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 2}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<InputError>(HasSubstr("NaN at row 4, column 1")));
}

TEST(Gmm, StopsWhenTheUserDoes) {
  const RowMatrix<double> x = three_groups(200, 3);
  Host host({.cancel_after = 3});
  EXPECT_THROW(fit(host, {{"k", 3}, {"tol", 0.0}}, {.features = ConstArray(x)}), shoal::Cancelled);
}

TEST(Distance, IsTheSameBytesWithAndWithoutAvx2) {
  if (!__builtin_cpu_supports("avx2")) return;  // the baseline is then all there is, and tested above
  shoal::Random random(7);
  alignas(32) double panel[37 * distance::kLanes], a[distance::kLanes] = {}, b[distance::kLanes] = {};
  double factor[37 * distance::kGroup];
  for (double& number : panel) number = random.normal();
  for (double& number : factor) number = random.normal();
  const auto same = [&] { EXPECT_EQ(std::memcmp(a, b, sizeof(a)), 0); };
  distance::kAvx2.add_group(factor, panel, 37, a);
  distance::kBaseline.add_group(factor, panel, 37, b);
  same();
  distance::kAvx2.add_diagonal(panel, factor, factor + 37, 37, a);
  distance::kBaseline.add_diagonal(panel, factor, factor + 37, 37, b);
  same();
  EXPECT_GT(a[0], 0);
}

TEST(Gmm, RefusesNumbersWhoseSquaresAreInfinite) {
  shoal::testing::expect_squares_must_fit("clusterer/gmm", {{{"k", 2}}, {{"k", 2}, {"covariance_type", "diag"}}});
}

}  // namespace
