#include <gmock/gmock.h>

#include <Eigen/QR>
#include <cstring>
#include <map>
#include <string>

#include "../../../tests/reference/reference.h"
#include "gram.h"
#include "panel.h"
#include "principal.h"
#include "shoal/testing_component.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::InputError;
using shoal::RowMatrix;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Given = std::map<std::string, shoal::testing::Made::Value>;

/// The points of tests/reference/pca.py.
RowMatrix<double> reference_points() {
  RowMatrix<double> x(300, 30);
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < x.cols(); ++j)
      x(i, j) = static_cast<double>((i * i * (j + 3) + 7 * i * j) % 101) / 10.0 / static_cast<double>(1 + j);
  return x;
}

RowMatrix<float> random_points(std::uint64_t seed, Eigen::Index n, Eigen::Index d) {
  shoal::Random random(seed);
  RowMatrix<float> x(n, d);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < d; ++j) x(i, j) = static_cast<float>(5 + random.normal() / static_cast<double>(1 + j));
  return x;
}

/// Fits to `points` and applies to them.
shoal::Array fit_apply(shoal::testing::Host& host, ConstArray points, const Given& given) {
  const shoal::testing::Made made(host.context(), "transform/pca", given);
  shoal::TransformProxy pca(made.object(), host.context());
  pca.fit(host.context(), points);
  return pca.apply(host.context(), points);
}

Eigen::MatrixXd covariance(const Eigen::MatrixXd& x) {
  const Eigen::MatrixXd centred = x.rowwise() - x.colwise().mean();
  return centred.transpose() * centred / static_cast<double>(x.rows() - 1);
}

TEST(Pca, IsThatOfScikitLearn) {
  const auto expected = shoal::testing::reference("pca");
  const RowMatrix<double> points = reference_points();
  for (const auto& [whiten, rows] : std::map<bool, std::string>{{false, "first_rows"}, {true, "first_rows_white"}}) {
    SCOPED_TRACE(rows);
    shoal::testing::Host host;
    const auto out = fit_apply(host, ConstArray(points), {{"components", 5}, {"whiten", whiten}, {"eps", 0.0}});
    const auto found = out.view().matrix<double>();
    for (int i = 0; i < 3; ++i)
      for (int c = 0; c < 5; ++c) EXPECT_NEAR(found(i, c), expected[rows][i][c].get<double>(), 1e-9);
  }
  shoal::testing::Host host;
  const auto x = ConstArray(points).matrix<double>();
  const Eigen::RowVectorXd mean = column_means(host.context(), x);
  const Principal found = principal_full(centred_gram(host.context(), x, mean) / 299, 5);
  for (int c = 0; c < 5; ++c) EXPECT_NEAR(found.variances[c], expected["explained_variance"][c].get<double>(), 1e-10);
}

TEST(Pca, WhitensToUnitCovariance) {
  shoal::testing::Host host;
  const RowMatrix<float> points = random_points(1, 3000, 40);
  const auto out = fit_apply(host, ConstArray(points), {{"components", 10}, {"whiten", true}, {"eps", 0.0}});
  const Eigen::MatrixXd found = covariance(out.view().matrix<float>().cast<double>());
  EXPECT_LT((found - Eigen::MatrixXd::Identity(10, 10)).cwiseAbs().maxCoeff(), 1e-4);
}

TEST(Pca, KeepsDistancesWhereItKeepsEveryComponent) {  // then it is a rotation
  shoal::testing::Host host;
  const RowMatrix<double> points = random_points(2, 100, 7).cast<double>();
  const auto out = fit_apply(host, ConstArray(points), {{"components", 7}});
  const auto found = out.view().matrix<double>();
  for (int i = 1; i < 100; ++i)
    EXPECT_NEAR((found.row(i) - found.row(0)).norm(), (points.row(i) - points.row(0)).norm(), 1e-10);
}

TEST(Pca, TakesBytesAsTheNumbersTheyAre) {
  shoal::Random random(3);
  RowMatrix<std::uint8_t> bytes(200, 20);
  for (auto& b : bytes.reshaped()) b = static_cast<std::uint8_t>(random.below(256));
  const RowMatrix<float> same = bytes.cast<float>();
  shoal::testing::Host host;
  const auto of_bytes = fit_apply(host, ConstArray(bytes), {{"components", 3}});
  const auto of_floats = fit_apply(host, ConstArray(same), {{"components", 3}});
  EXPECT_EQ(of_bytes.view().matrix<float>(), of_floats.view().matrix<float>());
}

TEST(Pca, GivesTheSameBytesForAnyNumberOfThreads) {
  const RowMatrix<float> points = random_points(4, 5000, 100);
  shoal::testing::Host one({.threads = 1}), three({.threads = 3});
  for (const char* solver : {"full", "randomized"}) {
    const auto a = fit_apply(one, ConstArray(points), {{"components", 9}, {"solver", solver}});
    const auto b = fit_apply(three, ConstArray(points), {{"components", 9}, {"solver", solver}});
    EXPECT_EQ(a.view().matrix<float>(), b.view().matrix<float>()) << solver;
  }
}

TEST(Pca, GivesTheSameBytesWithAndWithoutAvx2) {
  if (!__builtin_cpu_supports("avx2")) return;  // the baseline is then all there is, and tested above
  const auto check = [](auto zero) {
    using Number = decltype(zero);
    constexpr long kSize = 2 * panel::kWidth<Number>;
    Eigen::Matrix<Number, Eigen::Dynamic, 1> memory(panel::kGroup * kSize + 32);
    shoal::Random random(5);
    for (Number& x : memory) x = static_cast<Number>(random.normal());
    Number* packed = memory.data();
    while (reinterpret_cast<std::uintptr_t>(packed) % 32 != 0) ++packed;
    RowMatrix<double> a = RowMatrix<double>::Zero(kSize, kSize), b = a;
    for (long p = 0; p < 2; ++p) {
      panel::add_avx2(packed, 1999, 2, p, a.data());
      panel::add_baseline(packed, 1999, 2, p, b.data());
    }
    EXPECT_EQ(std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(double)), 0);
    EXPECT_GT(a(0, 0), 0);
  };
  check(0.0f);
  check(0.0);
}

TEST(CentredGram, IsTheSumOfProductsInDouble) {
  // Sizes around a panel, a chunk and a group; a mean far from 0 must not cost digits.
  shoal::testing::Host host({.threads = 2});
  for (const auto& [n, d] : std::map<int, int>{{2, 1}, {127, 24}, {129, 25}, {2048, 48}, {2049, 13}}) {
    SCOPED_TRACE(::testing::Message() << n << " × " << d);
    const RowMatrix<float> points = random_points(6, n, d).array() + 1000;
    const RowMatrix<double> exact = points.cast<double>();
    const Eigen::RowVectorXd mean = column_means(host.context(), ConstArray(points).matrix<float>());
    const Eigen::MatrixXd expected = covariance(exact) * (n - 1);
    const Eigen::MatrixXd single = centred_gram(host.context(), ConstArray(points).matrix<float>(), mean);
    const Eigen::MatrixXd twice = centred_gram(host.context(), ConstArray(exact).matrix<double>(), mean);
    EXPECT_LT((single - expected).norm(), 1e-6 * expected.norm());
    EXPECT_LT((twice - expected).norm(), 1e-12 * expected.norm());
  }
}

TEST(PrincipalFull, FindsVectorsOfEqualValuesThatAreOrthonormal) {
  // Values 3, 3, 3, 2, 1 and then zeros, in a random basis: inverse iteration alone would find one vector three times.
  shoal::Random random(7);
  Eigen::MatrixXd start(30, 30);
  for (double& x : start.reshaped()) x = random.normal();
  const Eigen::MatrixXd q = Eigen::HouseholderQR<Eigen::MatrixXd>(start).householderQ();
  Eigen::VectorXd values = Eigen::VectorXd::Zero(30);
  values.head(5) << 3, 3, 3, 2, 1;
  const Eigen::MatrixXd c = q * values.asDiagonal() * q.transpose();
  for (const Eigen::Index k : {7, 20}) {  // some vectors, and all
    const Principal found = principal_full(c, k);
    EXPECT_LT((found.variances - values.head(k)).norm(), 1e-12);
    EXPECT_LT((found.components.transpose() * found.components - Eigen::MatrixXd::Identity(k, k)).norm(), 1e-10);
    EXPECT_LT((c * found.components - found.components * values.head(k).asDiagonal()).norm(), 1e-10);
    for (Eigen::Index i = 0; i < k; ++i)
      EXPECT_GT(found.components.col(i).maxCoeff(), -found.components.col(i).minCoeff());
  }
}

TEST(PrincipalRandomized, IsNearTheFullOne) {
  shoal::testing::Host host;
  const RowMatrix<double> points = random_points(8, 500, 60).cast<double>();
  const Eigen::MatrixXd c = covariance(points);
  EXPECT_LT((principal_randomized(c, 5, shoal::Random(1)).variances - principal_full(c, 5).variances).norm(), 1e-6);
}

TEST(Pca, SurvivesDataThatDoNotVary) {
  shoal::testing::Host host;
  const RowMatrix<float> same = RowMatrix<float>::Constant(10, 12, 3);
  const auto out = fit_apply(host, ConstArray(same), {{"components", 2}});
  EXPECT_EQ(out.view().matrix<float>(), (RowMatrix<float>::Zero(10, 2)));
  EXPECT_THAT(
      [&] {
        fit_apply(host, ConstArray(same), {{"components", 2}, {"whiten", true}});
      },
      ThrowsMessage<InputError>(HasSubstr("component 1 has no variance")));
}

TEST(Pca, SaysWhichSolverItTookAndWhatTheComponentsHold) {
  shoal::testing::Host host;
  fit_apply(host, ConstArray(reference_points()), {{"components", 30}});
  ASSERT_EQ(host.log().size(), 1u);
  EXPECT_THAT(host.log()[0].text, HasSubstr("solver full, 30 of 30 components"));
}

TEST(Pca, SaysWhatIsWrong) {
  shoal::testing::Host host;
  const RowMatrix<float> points = random_points(9, 20, 40);
  EXPECT_THAT(
      [&] {
        fit_apply(host, ConstArray(points), {{"components", 21}});
      },
      ThrowsMessage<InputError>(HasSubstr("must be at most 20, the lesser of 20 examples and 40 columns, but is 21")));
  EXPECT_THAT(
      [&] {
        fit_apply(host, ConstArray(points).slice(0, 1), {{"components", 1}});
      },
      ThrowsMessage<InputError>(HasSubstr("needs at least 2 examples, but there are only 1")));
  const shoal::testing::Made made(host.context(), "transform/pca", {{"components", 8}});
  shoal::TransformProxy pca(made.object(), host.context());
  EXPECT_THAT([&] { pca.columns(7); },
              ThrowsMessage<InputError>(HasSubstr("at most 7, the number of columns, but is 8")));
  EXPECT_THROW(pca.apply(host.context(), ConstArray(points)), shoal::StateError);
  pca.fit(host.context(), ConstArray(points));
  const RowMatrix<float> narrow = random_points(9, 20, 39);
  EXPECT_THAT([&] { pca.apply(host.context(), ConstArray(narrow)); },
              ThrowsMessage<InputError>(HasSubstr("expected 40 columns, got 39")));
}

TEST(Pca, IsTheSameAfterSaveAndLoad) {
  shoal::testing::Host host;
  const RowMatrix<float> points = random_points(10, 50, 12);
  const Given given{{"components", 4}, {"whiten", true}};
  const shoal::testing::Made made(host.context(), "transform/pca", given),
      other(host.context(), "transform/pca", given);
  shoal::TransformProxy pca(made.object(), host.context()), loaded(other.object(), host.context());
  pca.fit(host.context(), ConstArray(points));
  shoal::testing::SavedState(host.context(), made.object()).load_into(other.object());
  const auto a = pca.apply(host.context(), ConstArray(points)), b = loaded.apply(host.context(), ConstArray(points));
  EXPECT_EQ(a.view().matrix<float>(), b.view().matrix<float>());
}

}  // namespace
