// What both algorithms hold, and the cases that users of other libraries have stumbled over.
#include <gmock/gmock.h>

#include <set>

#include "helpers_test.h"
#include "shoal/kernels/sums.h"

namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class Either : public ::testing::TestWithParam<const char*> {
 protected:
  Given with(Given given) const {
    given.emplace("algorithm", GetParam());
    return given;
  }
};

INSTANTIATE_TEST_SUITE_P(Algorithms, Either, ::testing::Values("sculley", "nested"),
                         [](const auto& made) { return std::string(made.param); });

RowMatrix<double> centroids_of(const shoal::Clustering& found) { return found.centroids->view().matrix<double>(); }

TEST_P(Either, GivesTheSameBytesForAnyThreadsAndDType) {
  shoal::Random random(1);
  RowMatrix<std::uint8_t> bytes(3000, 70);  // more columns than one task has
  for (Index i = 0; i < bytes.size(); ++i) bytes.data()[i] = static_cast<std::uint8_t>(random.below(256));
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  const Given given = with({{"k", 30}, {"batch_size", 300}});
  Host one;
  const auto expected = fit(one, given, {.features = ConstArray(doubles)});
  for (const int threads : {1, 2, 5})
    for (const ConstArray& x : {ConstArray(bytes), ConstArray(floats), ConstArray(doubles)}) {
      Host host({.threads = threads});
      const auto found = fit(host, given, {.features = x});
      EXPECT_EQ(values(found.labels), values(expected.labels)) << threads << " " << name(x.dtype());
      EXPECT_EQ(centroids_of(found), centroids_of(expected)) << threads << " " << name(x.dtype());
    }
}

TEST_P(Either, ReadsRowsThatLieApart) {
  const RowMatrix<double> wide = RowMatrix<double>::Random(500, 9), x = wide.leftCols(4);
  std::array<Index, 2> shape{500, 4}, strides{9, 1};
  const shoal_array apart{
      const_cast<double*>(wide.data()), 1, 0, 2, SHOAL_CODE_FLOAT, 64, 1, shape.data(), strides.data(), 0};
  Host host;
  const Given given = with({{"k", 6}, {"batch_size", 100}});
  EXPECT_EQ(centroids_of(fit(host, given, {.features = ConstArray(apart)})),
            centroids_of(fit(host, given, {.features = ConstArray(x)})));
}

TEST_P(Either, FindsTheMeanWithOneCluster) {
  const RowMatrix<double> x = groups_on_a_line(2, 2000, 2);
  Host host;
  const auto found = fit(host, with({{"k", 1}}), {.features = ConstArray(x)});
  EXPECT_THAT(values(found.labels), Each(0));
  // Standard deviation 5 along the line, of a mean of 2000 draws or more 0.11 at most; five times that.
  EXPECT_LT((centroids_of(found).row(0) - x.colwise().mean()).norm(), 0.56);
}

TEST_P(Either, GivesEveryRowItsOwnClusterWhereKIsN) {
  const RowMatrix<double> x = groups_on_a_line(3, 40, 40);
  Host host;
  const auto found = fit(host, with({{"k", 40}}), {.features = ConstArray(x)});
  const auto labels = values(found.labels);
  EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), 40U);
  EXPECT_TRUE(host.log().empty());
  // Sculley's centroids keep the rows that they averaged before they had one of their own.
  if (GetParam() == std::string("nested")) {
    EXPECT_LT(inertia_of(host, x, found), 1e-20);
  }
}

TEST_P(Either, TakesFewerRowsThanABatch) {
  const RowMatrix<double> x = groups_on_a_line(4, 30, 3);
  Host host;
  const auto found = fit(host, with({{"k", 3}, {"batch_size", 1000}}), {.features = ConstArray(x)});
  EXPECT_LT(inertia_of(host, x, found) / 30, 3);
}

TEST_P(Either, IsFineWithEqualRows) {  // scikit-learn #28055: moved rows between equal clusters until max_iter
  const RowMatrix<double> x = RowMatrix<double>::Constant(50, 3, 0.1);
  Host host;
  const auto found = fit(host, with({{"k", 4}}), {.features = ConstArray(x)});
  EXPECT_EQ(centroids_of(found), x.topRows(4));
  EXPECT_EQ(inertia_of(host, x, found), 0);
  ASSERT_EQ(host.log().size(), 1U);
  EXPECT_EQ(host.log()[0].text, "k is 4 but only 1 rows differ: 3 clusters are empty");
}

TEST_P(Either, IsNoWorseFarFromZero) {  // scikit-learn in float32: inertia 31.0k instead of 26.6k
  const RowMatrix<float> moved = (groups_on_a_line(5, 2000, 4).array() + 1e4).cast<float>();
  const RowMatrix<double> x = moved.cast<double>(), centred = x.array() - 1e4;
  Host host;
  const double there = inertia_of(host, x, fit(host, with({{"k", 4}}), {.features = ConstArray(moved)}));
  const double here = inertia_of(host, centred, fit(host, with({{"k", 4}}), {.features = ConstArray(centred)}));
  EXPECT_NEAR(there, here, 1e-6 * here);
}

TEST_P(Either, TakesAWeightAsSoManyRows) {  // scikit-learn #30750, in distribution: the mean over seeds
  const RowMatrix<double> x = groups_on_a_line(6, 300, 3);
  std::vector<double> weights(300);
  std::vector<Index> repeated;
  for (Index i = 0; i < 300; ++i) {
    weights[static_cast<std::size_t>(i)] = static_cast<double>(1 + i % 4);
    repeated.insert(repeated.end(), static_cast<std::size_t>(1 + i % 4), i);
  }
  const RowMatrix<double> repetitions = x(repeated, Eigen::all);
  double weighted = 0, plain = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Host host({.seed = seed});
    const Given given = with({{"k", 2}, {"batch_size", 60}});
    weighted += inertia_of(host, repetitions, [&] {
      auto found = fit(host, given, {.features = ConstArray(x), .weights = ConstArray(weights)});
      shoal::Array labels = host.context().allocate<Index>({repetitions.rows()});
      for (std::size_t i = 0; i < repeated.size(); ++i)
        labels.mutable_view().data<Index>()[i] = found.labels.view().data<Index>()[repeated[i]];
      found.labels = labels;
      return found;
    }());
    plain += inertia_of(host, repetitions, fit(host, given, {.features = ConstArray(repetitions)}));
  }
  EXPECT_NEAR(weighted / plain, 1, 0.05);
}

TEST_P(Either, PutsNoCentroidOnARowOfWeightZero) {  // scikit-learn #25527
  RowMatrix<double> x = groups_on_a_line(7, 600, 3);
  std::vector<double> weights(600, 1.0);
  for (Index i = 0; i < 600; i += 5) x.row(i).setConstant(1e7), weights[static_cast<std::size_t>(i)] = 0;
  for (const int batch_size : {50, 1000}) {
    Host host;
    const auto found = fit(host, with({{"k", 20}, {"batch_size", batch_size}}),
                           {.features = ConstArray(x), .weights = ConstArray(weights)});
    EXPECT_LT(centroids_of(found).cwiseAbs().maxCoeff(), 100);
  }
}

TEST_P(Either, ReportsAFitOfOneStep) {  // scikit-learn without compute_labels: TypeError
  const RowMatrix<double> x = groups_on_a_line(8, 100, 20);
  Host host;
  const auto found = fit(host, with({{"k", 20}, {"max_iter", 1}, {"init", "random"}}), {.features = ConstArray(x)});
  EXPECT_EQ(found.iterations, 1);
  const auto labels = values(found.labels);
  EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), 20U);
}

TEST_P(Either, GoesOnFromAStream) {  // a fit, then more rows
  const RowMatrix<double> x = groups_on_a_line(9, 1000, 4);
  Host host;
  const Made clusterer(host.context(), "clusterer/minibatch-kmeans", with({{"k", 4}}));
  shoal::ClustererProxy proxy(clusterer.object());
  const auto found = proxy.fit(host.context(), {.features = ConstArray(x)});
  proxy.partial_fit(host.context(), ConstArray(x).slice(0, 200));
  std::vector<Index> labels(1000);
  proxy.predict(host.context(), ConstArray(x), shoal::MutableArray(labels));
  EXPECT_EQ(labels, values(found.labels));
}

TEST_P(Either, IsAsBeforeWhenCancelledInAnyStep) {
  const RowMatrix<double> x = groups_on_a_line(10, 500, 5), moved = x.array() + 1000, init = moved.topRows(5);
  Host calm;
  const Made clusterer(calm.context(), "clusterer/minibatch-kmeans", with({{"k", 5}, {"batch_size", 50}}));
  shoal::ClustererProxy proxy(clusterer.object());
  const auto found = proxy.fit(calm.context(), {.features = ConstArray(x)});
  for (const Index after : {0, 1, 3}) {
    Host hasty({.cancel_after = after});
    EXPECT_THROW(proxy.fit(hasty.context(), {.features = ConstArray(moved), .init = ConstArray(init)}),
                 shoal::Cancelled);
    std::vector<Index> predicted(500);
    proxy.predict(calm.context(), ConstArray(x), shoal::MutableArray(predicted));
    EXPECT_EQ(predicted, values(found.labels));
  }
}

TEST(MiniBatch, RefusesNumbersWhoseSquaresAreInfinite) {
  shoal::testing::expect_squares_must_fit("clusterer/minibatch-kmeans",
                                          {{{"k", 2}}, {{"k", 2}, {"algorithm", "nested"}}});
  const RowMatrix<double> x{{1}, {2}, {-5}, {1e200}}, good = x.topRows(3);
  Host host;
  const Made made(host.context(), "clusterer/minibatch-kmeans", {{"k", 2}});
  shoal::ClustererProxy fitted(made.object());
  fitted.fit(host.context(), {.features = ConstArray(good)});
  EXPECT_THAT([&] { fitted.partial_fit(host.context(), ConstArray(x)); },
              ThrowsMessage<shoal::InputError>(HasSubstr("features hold 1e+200 at row 3, column 0")));
}

}  // namespace
