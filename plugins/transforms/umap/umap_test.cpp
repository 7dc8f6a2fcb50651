#include <gmock/gmock.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "../../../tests/reference/reference.h"
#include "curve.h"
#include "fuzzy_graph.h"
#include "layout.h"
#include "shoal/kernels/neighbors.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"
#include "shoal/transform.h"
#include "starts.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Given = std::map<std::string, Made::Value>;

/// The points of tests/reference/umap_learn.py; rows i and i + 303 are equal.
RowMatrix<double> reference_points() {
  RowMatrix<double> x(400, 4);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j)
      x(i, j) = static_cast<double>((i * i * (j + 3) + 7 * i * j) % 101 + (i % 3) * (j + 1) * 19);
  return x;
}

/// Four groups, `apart` from each other, in eight columns; row i belongs to i mod 4.
RowMatrix<double> four_groups(Index n, double apart) {
  RowMatrix<double> x = normal_points(1, n, 8);
  for (Index i = 0; i < n; ++i) x(i, i % 4) += apart;
  return x;
}

struct Graph {
  std::vector<double> distances;
  Bandwidths scales;
  FuzzyGraph graph;
};
Graph graph_of(const RowMatrix<double>& x, Index k) {
  Host host;
  const auto found = shoal::kernels::nearest_neighbors(host.context(), ConstArray(x), k - 1);
  Graph out{found.squared_distances, {}, {}};
  for (double& d : out.distances) d = std::sqrt(d);
  out.scales = bandwidths(out.distances, k - 1, k, Local::kNearest);
  out.graph = fuzzy_union(found.points, memberships(out.distances, k - 1, out.scales), k - 1);
  return out;
}

RowMatrix<double> embed(Host& host, const Given& given, ConstArray x) {
  const Made made(host.context(), "transform/umap", given);
  shoal::TransformProxy umap(made.object(), host.context());
  umap.fit(host.context(), x);
  return shoal::to_float64(umap.apply(host.context(), x));
}

TEST(FitCurve, IsThatOfUmapLearn) {
  for (const auto& c : shoal::testing::reference("umap_learn")["curves"]) {
    SCOPED_TRACE(c.dump());
    const Curve found = fit_curve(c[0], c[1]);
    EXPECT_NEAR(found.a, c[2].get<double>(), 1e-5);
    EXPECT_NEAR(found.b, c[3].get<double>(), 1e-5);
  }
}

TEST(FuzzyGraph, IsThatOfUmapLearn) {  // which computes in float32
  const auto expected = shoal::testing::reference("umap_learn");
  const Graph found = graph_of(reference_points(), 15);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_NEAR(found.scales.sigma[i], expected["sigmas"][i].get<double>(), 1e-4 * found.scales.sigma[i]);
    EXPECT_NEAR(found.scales.rho[i], expected["rhos"][i].get<double>(), 1e-6 * found.scales.rho[i]);
  }
  EXPECT_EQ(found.graph.to.size(), expected["edges"].get<std::size_t>());
  double sum = 0;
  for (const double w : found.graph.weight) sum += w;
  EXPECT_NEAR(sum, expected["weight"].get<double>(), 1e-5 * sum);
  for (const auto& row : expected["rows"]) {
    const Index i = row[0];
    const auto neighbors = found.graph.neighbors(i);
    EXPECT_EQ(std::vector<Index>(neighbors.begin(), neighbors.end()), row[1].get<std::vector<Index>>());
    for (std::size_t e = 0; e < neighbors.size(); ++e)
      EXPECT_NEAR(found.graph.weights(i)[e], row[2][e].get<double>(), 1e-4);
  }
}

TEST(FuzzyGraph, SpreadsLog2OfKOverEachRow) {
  const RowMatrix<double> x = normal_points(2, 500, 6);
  for (const Index k : {5, 15, 40}) {
    const Graph found = graph_of(x, k);
    const std::vector<double> weights = memberships(found.distances, k - 1, found.scales);
    for (Index i = 0; i < 500; ++i) {
      double sum = 0;
      for (Index j = 0; j < k - 1; ++j) sum += weights[static_cast<std::size_t>(i * (k - 1) + j)];
      EXPECT_NEAR(sum, std::log2(static_cast<double>(k)), 1.1e-5);
      EXPECT_EQ(weights[static_cast<std::size_t>(i * (k - 1))], 1);  // the nearest always counts fully
    }
  }
}

TEST(FuzzyGraph, IsTheUnionByHand) {
  // 0 → 1 (0.5), 1 → 2 (1), 2 → 1 (0.5). 1–2: 1 + 0.5 − 0.5. The edge of weight 0 is none.
  const FuzzyGraph graph = fuzzy_union(std::vector<Index>{1, 2, 1, 0}, std::vector<double>{0.5, 1, 0.5, 0}, 1);
  EXPECT_EQ(graph.first, (std::vector<Index>{0, 1, 3, 4, 4}));
  EXPECT_EQ(graph.to, (std::vector<Index>{1, 0, 2, 1}));
  EXPECT_EQ(graph.weight, (std::vector<double>{0.5, 0.5, 1, 1}));
  EXPECT_EQ(count_parts(graph), 2);
}

TEST(SpectralStart, FindsTheEigenvectorsOfTheLaplacian) {
  const Graph found = graph_of(four_groups(600, 3), 12);  // too many vertices to be solved directly
  ASSERT_EQ(count_parts(found.graph), 1);
  Eigen::MatrixXd s = Eigen::MatrixXd::Zero(600, 600);
  for (Index i = 0; i < 600; ++i)
    for (std::size_t e = 0; e < found.graph.neighbors(i).size(); ++e)
      s(i, found.graph.neighbors(i)[e]) = found.graph.weights(i)[e];
  const Eigen::VectorXd root = s.rowwise().sum().cwiseSqrt().cwiseInverse();
  s = root.asDiagonal() * s * root.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> exact(s);
  Host one, three({.threads = 3});
  const Eigen::MatrixXd start = spectral_start(one.context(), found.graph, 4, shoal::Random(5));
  for (Index c = 0; c < 4; ++c) {
    const Eigen::VectorXd expected = exact.eigenvectors().col(598 - c);
    EXPECT_NEAR(std::abs(expected.dot(start.col(c))), 1, 1e-3) << c;
    EXPECT_GT(start.col(c).maxCoeff(), -start.col(c).minCoeff());
  }
  EXPECT_EQ(spectral_start(three.context(), found.graph, 4, shoal::Random(5)), start);
}

TEST(PcaStart, IsTheProjectionOnTheDirectionsOfGreatestVariance) {
  RowMatrix<double> x = normal_points(3, 2000, 3);
  x.col(2) *= 10;
  Host host;
  const Eigen::MatrixXd start = pca_start(host.context(), ConstArray(x), 1);
  const Eigen::VectorXd expected = x.col(2).array() - x.col(2).mean();
  EXPECT_GT(std::abs(start.col(0).dot(expected)) / start.norm() / expected.norm(), 0.9999);
}

/// The share of rows whose nearest row in the embedding is of their own group of four.
double purity_of_four(const RowMatrix<double>& embedding) {
  Host host;
  const auto found = shoal::kernels::nearest_neighbors(host.context(), ConstArray(embedding), 1);
  Index right = 0;
  for (Index i = 0; i < embedding.rows(); ++i) right += found.of(i)[0] % 4 == i % 4;
  return static_cast<double>(right) / static_cast<double>(embedding.rows());
}

TEST(Umap, KeepsGroupsApart) {
  const RowMatrix<double> x = four_groups(800, 12);  // the graph is in four parts: started by principal components
  Host host({.threads = 2});
  const RowMatrix<double> found = embed(host, {{"components", 2}}, ConstArray(x));
  EXPECT_THAT(host.log().front().text, HasSubstr("in 4 parts, so the start is that of principal components"));
  EXPECT_EQ(purity_of_four(found), 1);
  RowMatrix<double> means = RowMatrix<double>::Zero(4, 2);
  for (Index i = 0; i < 800; ++i) means.row(i % 4) += found.row(i) / 200;
  double within = 0, between = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < 800; ++i) within = std::max(within, (found.row(i) - means.row(i % 4)).norm());
  for (Index a = 0; a < 4; ++a)
    for (Index b = 0; b < a; ++b) between = std::min(between, (means.row(a) - means.row(b)).norm());
  EXPECT_GT(between, within);
}

TEST(Umap, GivesTheSameBytesForOneSeedAndAnyNumberOfThreads) {
  const RowMatrix<float> x = four_groups(700, 3).cast<float>();
  const Given given{{"components", 3}, {"epochs", 30}};
  Host one({.threads = 1, .seed = 5}), three({.threads = 3, .seed = 5}), other({.threads = 1, .seed = 6});
  const RowMatrix<double> expected = embed(one, given, ConstArray(x));
  EXPECT_EQ(embed(three, given, ConstArray(x)), expected);
  EXPECT_NE(embed(other, given, ConstArray(x)), expected);
}

TEST(Umap, PlacesNewExamplesAmongTheirOwn) {
  const RowMatrix<double> all = four_groups(1000, 6);
  const RowMatrix<double> x = all.topRows(800), held_out = all.bottomRows(200);
  const RowMatrix<double> jittered = x.array() + 1e-6;  // no longer the fitted ones, but beside them
  Host one({.threads = 1}), three({.threads = 3});
  const Made made(one.context(), "transform/umap", {{"components", 2}, {"epochs", 200}});
  shoal::TransformProxy umap(made.object(), one.context());
  umap.fit(one.context(), ConstArray(x));
  const RowMatrix<double> fitted = shoal::to_float64(umap.apply(one.context(), ConstArray(x)));
  const double width = (fitted.colwise().maxCoeff() - fitted.colwise().minCoeff()).maxCoeff();

  const RowMatrix<double> beside = shoal::to_float64(umap.apply(one.context(), ConstArray(jittered)));
  Eigen::VectorXd off = (beside - fitted).rowwise().norm();
  std::sort(off.begin(), off.end());
  EXPECT_LT(off[400], 0.05 * width);
  EXPECT_GT(off[400], 0);

  const shoal::Array placed = umap.apply(one.context(), ConstArray(held_out));
  const auto nearest = shoal::kernels::nearest_neighbors(one.context(), placed, ConstArray(fitted), 1);
  Index right = 0;
  for (Index i = 0; i < 200; ++i) right += nearest.of(i)[0] % 4 == i % 4;
  EXPECT_GE(right, 198);
  EXPECT_EQ(shoal::to_float64(umap.apply(three.context(), ConstArray(held_out))), shoal::to_float64(placed));

  // Some of the fitted ones lie where they were fitted.
  EXPECT_EQ(shoal::to_float64(umap.apply(one.context(), ConstArray(x).slice(10, 30))), fitted.middleRows(10, 20));
}

TEST(Umap, GivesEqualExamplesOnePlace) {
  RowMatrix<double> x = normal_points(7, 300, 5);
  x.row(250) = x.row(4);
  x.row(299) = x.row(4);
  x.bottomRows(20) = x.row(9).replicate(20, 1);  // more than have room among the neighbours
  Host host;
  const RowMatrix<double> found = embed(host, {{"components", 2}, {"epochs", 50}}, ConstArray(x));
  EXPECT_TRUE(found.allFinite());
  EXPECT_EQ(found.row(250), found.row(4));
  EXPECT_EQ(found.row(295), found.row(9));
  EXPECT_NE(found.row(5), found.row(4));
}

TEST(Umap, ComparesDirectionsByCosine) {  // two directions, at lengths from 1 to 50
  RowMatrix<double> x = 0.05 * normal_points(8, 400, 4);
  shoal::Random random(9);
  for (Index i = 0; i < 400; ++i) {
    x(i, i % 2) += 1;
    x.row(i) *= random.uniform(1, 50);
  }
  Host host;
  const RowMatrix<double> found =
      embed(host, {{"components", 2}, {"metric", "cosine"}, {"epochs", 100}}, ConstArray(x));
  const auto nearest = shoal::kernels::nearest_neighbors(host.context(), ConstArray(found), 1);
  for (Index i = 0; i < 400; ++i) EXPECT_EQ(nearest.of(i)[0] % 2, i % 2);
}

TEST(Umap, IsTheSameAfterSaveAndLoad) {
  const RowMatrix<float> x = four_groups(300, 4).cast<float>(),
                         others = four_groups(340, 4).cast<float>().bottomRows(40);
  for (const char* metric : {"euclidean", "cosine"}) {
    const Given given{{"components", 2}, {"metric", metric}, {"epochs", 30}};
    Host host;
    const Made made(host.context(), "transform/umap", given), other(host.context(), "transform/umap", given);
    shoal::TransformProxy umap(made.object(), host.context()), loaded(other.object(), host.context());
    umap.fit(host.context(), ConstArray(x));
    shoal::testing::SavedState(host.context(), made.object()).load_into(other.object());
    for (const ConstArray& queries : {ConstArray(x), ConstArray(others)})
      EXPECT_EQ(umap.apply(host.context(), queries).view().matrix<float>(),
                loaded.apply(host.context(), queries).view().matrix<float>());
  }
}

TEST(Umap, SaysWhatIsWrong) {
  RowMatrix<double> x = four_groups(40, 12);
  Host host;
  EXPECT_THAT(
      [&] {
        embed(host, {{"n_neighbors", 41}}, ConstArray(x));
      },
      ThrowsMessage<InputError>(HasSubstr("n_neighbors is 41, but there are only 40 examples")));
  EXPECT_THAT(
      [&] {
        embed(host, {{"components", 9}, {"init", "pca"}}, ConstArray(x));
      },
      ThrowsMessage<InputError>(HasSubstr("at most 8 components, the columns, but 'components' is 9")));
  EXPECT_THAT(
      [&] {
        embed(host, {{"components", 9}, {"n_neighbors", 4}}, ConstArray(x));
      },
      ThrowsMessage<InputError>(HasSubstr("parts, and 9 principal components cannot be had of 8 columns")));
  EXPECT_THAT(
      [&] {
        embed(host, {{"components", 39}}, ConstArray(x));
      },
      ThrowsMessage<InputError>(HasSubstr("39 components need more than 40 examples")));
  EXPECT_THAT(
      [&] {
        embed(host, {{"min_dist", 3.5}}, ConstArray(x));
      },
      ThrowsMessage<InputError>(HasSubstr("'min_dist' must be at most three times 'spread', which is 1")));
  const Made made(host.context(), "transform/umap", {{"epochs", 1}, {"components", 2}});
  shoal::TransformProxy umap(made.object(), host.context());
  EXPECT_THROW(umap.apply(host.context(), ConstArray(x)), shoal::StateError);
  umap.fit(host.context(), ConstArray(x));
  const RowMatrix<double> narrow = x.leftCols(7);
  EXPECT_THAT([&] { umap.apply(host.context(), ConstArray(narrow)); },
              ThrowsMessage<InputError>(HasSubstr("expected 8 columns, got 7")));
  x(3, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT([&] { embed(host, {}, ConstArray(x)); }, ThrowsMessage<InputError>(HasSubstr("NaN at row 3, column 1")));
}

TEST(Umap, StopsWhenTheUserDoes) {
  const RowMatrix<double> x = four_groups(100, 4);
  Host host({.cancel_after = 10});
  EXPECT_THROW(embed(host, {{"components", 2}}, ConstArray(x)), shoal::Cancelled);
}

}  // namespace
