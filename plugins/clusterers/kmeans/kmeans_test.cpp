#include <gmock/gmock.h>

#include <set>

#include "shoal/clusterer.h"
#include "shoal/kernels/nearest.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::ThrowsMessage;

using shoal::testing::centroids_of;
using shoal::testing::Given;
using shoal::testing::values;

shoal::Clustering fit(Host& host, const Given& given, const shoal::FitInput& input) {
  return shoal::testing::fit(host, "clusterer/kmeans", given, input);
}

double inertia_of(Host& host, const RowMatrix<double>& x, const shoal::Clustering& found) {
  return shoal::kernels::inertia(host.context(), ConstArray(x), *found.centroids, found.labels.view().vector<Index>());
}

TEST(KMeans, FindsTwoPairs) {
  const RowMatrix<double> x{{0, 0}, {0, 2}, {10, 0}, {10, 2}};
  Host host;
  const auto found = fit(host, {{"k", 2}}, {.features = ConstArray(x)});
  EXPECT_DOUBLE_EQ(inertia_of(host, x, found), 4);  // each row is 1 from the middle of its pair
  EXPECT_TRUE(found.converged);
  EXPECT_EQ(found.clusters, 2);
}

TEST(KMeans, IsTheSameForAnyNumberOfThreadsAndEveryDtype) {
  RowMatrix<std::uint8_t> bytes = (normal_points(1, 3000, 20).array() * 30 + 128).cast<std::uint8_t>();
  const RowMatrix<float> floats = bytes.cast<float>();
  const RowMatrix<double> doubles = bytes.cast<double>();
  Host one;
  const auto expected = fit(one, {{"k", 30}}, {.features = ConstArray(doubles)});
  for (const int threads : {1, 2, 3})
    for (const ConstArray& x : {ConstArray(bytes), ConstArray(floats), ConstArray(doubles)}) {
      Host host({.threads = threads});
      const auto found = fit(host, {{"k", 30}}, {.features = x});
      EXPECT_EQ(values(found.labels), values(expected.labels));
      EXPECT_EQ(centroids_of(found), centroids_of(expected));
      EXPECT_EQ(found.iterations, expected.iterations);
    }
}

TEST(KMeans, IsTheSameByEveryAlgorithm) {
  RowMatrix<double> wide = normal_points(20, 2500, 6) * normal_points(21, 6, 128);
  for (const Index d : {2, 128})
    for (const int k : {1, 2, 16, 60}) {
      const RowMatrix<float> x = wide.leftCols(d).cast<float>();
      Host host({.threads = 2});
      const auto expected = fit(host, {{"k", k}, {"algorithm", "lloyd"}}, {.features = ConstArray(x)});
      for (const char* algorithm : {"auto", "hamerly", "yinyang", "elkan"}) {
        SCOPED_TRACE(shoal::text("{}, k {}, {} columns", algorithm, k, d));
        const auto found = fit(host, {{"k", k}, {"algorithm", algorithm}}, {.features = ConstArray(x)});
        EXPECT_EQ(values(found.labels), values(expected.labels));
        EXPECT_EQ(centroids_of(found), centroids_of(expected));
        EXPECT_EQ(found.iterations, expected.iterations);
      }
    }
}

// Rows drawn from a few, in the order of the draws.
template <typename Scalar>
RowMatrix<Scalar> repeated_points(std::uint64_t seed, Index n, Index kinds, Index d) {
  const RowMatrix<Scalar> some = (normal_points(seed, kinds, d).array() * 30 + 100).template cast<Scalar>();
  shoal::Random random(seed);
  RowMatrix<Scalar> out(n, d);
  for (Index i = 0; i < n; ++i) out.row(i) = some.row(random.below(kinds));
  return out;
}

// The same bytes with and without collapsing, for every algorithm and each of the given parameters.
void expect_the_same_collapsed(const shoal::FitInput& input, const Given& given) {
  for (const char* algorithm : {"lloyd", "hamerly", "yinyang", "elkan", "auto"}) {
    SCOPED_TRACE(algorithm);
    Host host({.threads = 2});
    const auto with = [&](const char* duplicates) {
      Given all = given;
      all.insert({{"algorithm", algorithm}, {"duplicates", duplicates}});
      return fit(host, all, input);
    };
    const auto expected = with("keep");
    for (const char* duplicates : {"collapse", "auto"}) {
      const auto found = with(duplicates);
      EXPECT_EQ(values(found.labels), values(expected.labels));
      EXPECT_EQ(centroids_of(found), centroids_of(expected));
      EXPECT_EQ(found.iterations, expected.iterations);
      EXPECT_EQ(found.converged, expected.converged);
    }
  }
}

TEST(KMeans, IsTheSameWithEqualRowsCollapsed) {
  const auto bytes = repeated_points<std::uint8_t>(40, 3000, 300, 7);
  const auto floats = repeated_points<float>(41, 3000, 300, 7);
  const auto doubles = repeated_points<double>(42, 3000, 300, 100);
  const auto all_differ = normal_points(43, 900, 3);
  std::vector<double> weights(3000);
  shoal::Random random(44);
  for (double& w : weights) w = random.uniform() < 0.2 ? 0 : random.uniform();
  for (const int k : {1, 3, 40}) {
    expect_the_same_collapsed({.features = ConstArray(bytes)}, {{"k", k}});
    expect_the_same_collapsed({.features = ConstArray(floats)}, {{"k", k}, {"init", "random"}, {"n_init", 3}});
    expect_the_same_collapsed({.features = ConstArray(doubles)}, {{"k", k}, {"tol", 0.0}});
    expect_the_same_collapsed({.features = ConstArray(all_differ)}, {{"k", k}, {"stop_inertia_rel", 0.01}});
    expect_the_same_collapsed({.features = ConstArray(floats), .weights = ConstArray(weights)},
                              {{"k", k}, {"stop_changed_labels", 0.01}});
  }
}

TEST(KMeans, FillsEmptyClustersAlikeWithEqualRowsCollapsed) {  // a repair moves one of a row's copies alone
  const auto x = repeated_points<float>(45, 400, 30, 2);
  for (const int k : {5, 20, 29, 30, 35}) {
    RowMatrix<double> far = RowMatrix<double>::Constant(k, 2, 1e4);
    far.row(0) = x.row(0).cast<double>();
    for (const int max_iter : {1, 2, 3, 300})
      expect_the_same_collapsed({.features = ConstArray(x), .init = ConstArray(far)},
                                {{"k", k}, {"max_iter", max_iter}});
  }
}

TEST(KMeans, SaysWhenItCollapsesEqualRows) {
  const auto repeated = repeated_points<float>(46, 2000, 100, 4), mostly = repeated_points<float>(47, 2000, 4000, 4);
  const auto log_of = [&](const auto& x, const char* duplicates) {
    Host host;
    fit(host, {{"k", 3}, {"duplicates", duplicates}}, {.features = ConstArray(x)});
    return host.log().front().text;
  };
  const auto says = HasSubstr("only 100 of 2000 rows differ: distances are computed for these alone");
  EXPECT_THAT(log_of(repeated, "auto"), says);
  EXPECT_THAT(log_of(repeated, "collapse"), says);
  EXPECT_THAT(log_of(repeated, "keep"), HasSubstr("algorithm auto"));
  EXPECT_THAT(log_of(mostly, "auto"), HasSubstr("algorithm auto"));  // about 1570 of 2000 differ
  EXPECT_THAT(log_of(mostly, "collapse"), HasSubstr("of 2000 rows differ"));
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 3}, {"duplicates", "collapse"}, {"balanced", true}}, {.features = ConstArray(repeated)});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("not to be had together with duplicates: collapse")));
}

TEST(KMeans, SaysWhenTheBoundsOfElkanHaveNoRoom) {
  const RowMatrix<std::uint8_t> x = RowMatrix<std::uint8_t>::Zero(3'000'000, 2);
  Host host;
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 3'000'000}, {"algorithm", "elkan"}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<shoal::InputError>(  // 4·9e12 bytes
          HasSubstr("one bound for each of 3000000 examples and 3000000 centroids (elkan) takes 33527.6 GiB")));
}

TEST(KMeans, StopsByTheRuleThatIsAskedFor) {
  const RowMatrix<double> x = normal_points(22, 4000, 8);
  const auto iterations = [&](Given given) {
    Host host;
    given.insert({{"k", 30}, {"tol", 0.0}});
    return fit(host, given, {.features = ConstArray(x)}).iterations;
  };
  const Index all = iterations({});
  for (const auto& [rule, value] :
       {std::pair{"stop_center_shift", 0.1}, {"stop_inertia_rel", 0.01}, {"stop_changed_labels", 0.01}}) {
    SCOPED_TRACE(rule);
    EXPECT_EQ(iterations({{rule, 0.0}}), all);  // no sooner than when nothing changes any more
    EXPECT_LT(iterations({{rule, value}}), all);
    EXPECT_GT(iterations({{rule, value}}), 2);
  }
}

TEST(KMeans, StopsWhenItsTimeIsOverAndSaysSo) {
  const RowMatrix<double> x = normal_points(23, 3000, 8);
  Host host;
  const auto found = fit(host, {{"k", 40}, {"tol", 0.0}, {"max_time", 0.0}}, {.features = ConstArray(x)});
  EXPECT_EQ(found.iterations, 1);
  EXPECT_FALSE(found.converged);
  EXPECT_THAT(host.log().front().text, HasSubstr("stopped after 1 iterations, as max_time of 0 s is over"));
}

std::vector<Index> sizes_of(const shoal::Clustering& found) {
  std::vector<Index> out(static_cast<std::size_t>(found.clusters), 0);
  for (const Index label : values(found.labels)) ++out[static_cast<std::size_t>(label)];
  return out;
}

TEST(KMeans, KeepsItsSizeLimits) {
  RowMatrix<double> x = normal_points(24, 1001, 3);
  x.topRows(700) *= 0.01;  // 700 rows in one place
  Host host;
  const auto free = fit(host, {{"k", 10}}, {.features = ConstArray(x)});
  const auto balanced = fit(host, {{"k", 10}, {"balanced", true}}, {.features = ConstArray(x)});
  const auto limited = fit(host, {{"k", 10}, {"min_size", 50}, {"max_size", 300}}, {.features = ConstArray(x)});
  const auto idle = fit(host, {{"k", 10}, {"max_size", 1001}}, {.features = ConstArray(x)});
  EXPECT_THAT(sizes_of(balanced), Each(AllOf(Ge(100), Le(101))));
  EXPECT_THAT(sizes_of(limited), Each(AllOf(Ge(50), Le(300))));
  EXPECT_EQ(values(idle.labels), values(free.labels));
  EXPECT_LT(inertia_of(host, x, free), inertia_of(host, x, limited));
  EXPECT_LT(inertia_of(host, x, limited), inertia_of(host, x, balanced));
  EXPECT_TRUE(balanced.converged);
}

TEST(KMeans, SaysWhichSizeLimitsCannotBe) {
  const RowMatrix<double> x = normal_points(25, 40, 2);
  const std::vector<double> weights(40, 1.0);
  Host host;
  const auto fit_with = [&](const Given& given) { return fit(host, given, {.features = ConstArray(x)}); };
  EXPECT_THAT([&] { fit_with({{"k", 10}, {"min_size", 5}}); }, ThrowsMessage<shoal::InputError>(HasSubstr("40")));
  EXPECT_THAT([&] { fit_with({{"k", 10}, {"max_size", 3}}); }, ThrowsMessage<shoal::InputError>(HasSubstr("40")));
  EXPECT_THAT(
      [&] {
        fit_with({{"k", 4}, {"balanced", true}, {"max_size", 10}});
      },
      ThrowsMessage<shoal::InputError>("balanced sets both limits: leave out min_size and max_size"));
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 4}, {"balanced", true}}, {.features = ConstArray(x), .weights = ConstArray(weights)});
      },
      ThrowsMessage<shoal::InputError>("size limits count examples, so they are not to be had together with weights"));
}

TEST(KMeans, ReturnsLabelsThatPredictGivesAgain) {
  const RowMatrix<float> x = (normal_points(2, 2000, 10).array() + 1e4).cast<float>();  // scikit-learn: 1744 differ
  for (const int max_iter : {1, 2, 300}) {
    Host host;
    const Made kmeans(host.context(), "clusterer/kmeans", {{"k", 12}, {"max_iter", max_iter}});
    shoal::ClustererProxy proxy(kmeans.object());
    const auto found = proxy.fit(host.context(), {.features = ConstArray(x)});
    std::vector<Index> predicted(2000);
    proxy.predict(host.context(), ConstArray(x), shoal::MutableArray(predicted));
    EXPECT_EQ(predicted, values(found.labels));
    EXPECT_EQ(found.converged, max_iter == 300);
  }
}

TEST(KMeans, TreatsWeightsAsRepetitions) {
  const RowMatrix<double> x = normal_points(3, 60, 2);
  std::vector<double> weights;
  std::vector<Index> source;
  for (Index i = 0; i < 60; ++i) {
    weights.push_back(static_cast<double>(i % 4));
    for (Index r = 0; r < i % 4; ++r) source.push_back(i);
  }
  RowMatrix<double> repeated(static_cast<Index>(source.size()), 2);
  for (std::size_t r = 0; r < source.size(); ++r) repeated.row(static_cast<Index>(r)) = x.row(source[r]);
  const RowMatrix<double> init = x.topRows(5);
  Host host;
  const auto weighted =
      fit(host, {{"k", 5}}, {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
  const auto plain = fit(host, {{"k", 5}}, {.features = ConstArray(repeated), .init = ConstArray(init)});
  EXPECT_EQ(weighted.iterations, plain.iterations);
  for (std::size_t r = 0; r < source.size(); ++r)
    EXPECT_EQ(values(weighted.labels)[static_cast<std::size_t>(source[r])], values(plain.labels)[r]);
  EXPECT_TRUE(centroids_of(weighted).isApprox(centroids_of(plain), 1e-12));  // 3x is not x + x + x to the last bit
}

TEST(KMeans, FillsEmptyClustersInsideTheData) {  // scikit-learn 1.9.1 ends with a centroid at −5, outside
  const RowMatrix<double> x{{0}, {0}, {0}, {10}};
  const RowMatrix<double> init{{50}, {0}, {10}};
  Host host;
  const auto found = fit(host, {{"k", 3}}, {.features = ConstArray(x), .init = ConstArray(init)});
  EXPECT_EQ(centroids_of(found), (RowMatrix<double>{{0}, {0}, {10}}));
  EXPECT_THAT(values(found.labels), ElementsAre(0, 0, 0, 2));
}

TEST(KMeans, KeepsLabelsAndCentroidsTogetherAfterARepair) {  // scikit-learn#34074: labels [2 2 0], predict [2 1 0]
  const RowMatrix<double> x{{0}, {1}, {20}};
  const RowMatrix<double> init{{20}, {-90}, {0}};
  for (const int max_iter : {1, 2, 9}) {
    Host host;
    const auto found =
        fit(host, {{"k", 3}, {"max_iter", max_iter}}, {.features = ConstArray(x), .init = ConstArray(init)});
    EXPECT_THAT(values(found.labels), ElementsAre(2, 1, 0));
    EXPECT_EQ(inertia_of(host, x, found), 0);
  }
}

TEST(KMeans, EndsWithFewerDistinctRowsThanClusters) {
  RowMatrix<double> x(30, 1);
  for (Index i = 0; i < 30; ++i) x(i, 0) = 0.1 * static_cast<double>(1 + i % 5);
  for (const char* init : {"k-means++", "random"}) {
    Host host;
    const auto found = fit(host, {{"k", 8}, {"init", init}, {"n_init", 1}}, {.features = ConstArray(x)});
    EXPECT_TRUE(found.converged);
    EXPECT_LT(found.iterations, 20);
    EXPECT_EQ(inertia_of(host, x, found), 0);
    const auto labels = values(found.labels);
    EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), 5U);
    ASSERT_EQ(host.log().size(), 3U);  // the first two say what `duplicates` and `algorithm` did
    EXPECT_EQ(host.log()[2].text, "k is 8 but only 5 rows differ: 3 clusters are empty");
  }
}

TEST(KMeans, NeverCentresOnARowOfWeightZero) {
  RowMatrix<double> x = normal_points(4, 50, 2);
  x.row(9).setConstant(1e6);
  std::vector<double> weights(50, 1.0);
  weights[9] = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Host host({.seed = seed});
    const auto found = fit(host, {{"k", 6}}, {.features = ConstArray(x), .weights = ConstArray(weights)});
    EXPECT_LT(centroids_of(found).cwiseAbs().maxCoeff(), 10);
  }
}

TEST(KMeans, KeepsTheBestOfItsStarts) {
  const RowMatrix<double> x = normal_points(5, 400, 2);
  for (const char* init : {"k-means++", "random"}) {
    Host host({.seed = 3});
    const double of_one =
        inertia_of(host, x, fit(host, {{"k", 20}, {"init", init}, {"n_init", 1}}, {.features = ConstArray(x)}));
    const double of_ten =
        inertia_of(host, x, fit(host, {{"k", 20}, {"init", init}, {"n_init", 10}}, {.features = ConstArray(x)}));
    EXPECT_LT(of_ten, of_one);
  }
  Host host({.seed = 3});  // random makes ten starts of its own accord
  const auto ten = fit(host, {{"k", 20}, {"init", "random"}, {"n_init", 10}}, {.features = ConstArray(x)});
  EXPECT_EQ(values(fit(host, {{"k", 20}, {"init", "random"}}, {.features = ConstArray(x)}).labels), values(ten.labels));
}

TEST(KMeans, IsAsBeforeWhenCancelled) {
  const RowMatrix<double> first = normal_points(6, 100, 2), second = normal_points(7, 100, 2).array() + 50;
  const RowMatrix<double> init = second.topRows(5);
  Host calm, hasty({.cancel_after = 1});
  const Made kmeans(calm.context(), "clusterer/kmeans", {{"k", 5}});
  shoal::ClustererProxy proxy(kmeans.object());
  const auto found = proxy.fit(calm.context(), {.features = ConstArray(first)});
  EXPECT_THROW(proxy.fit(hasty.context(), {.features = ConstArray(second), .init = ConstArray(init)}),
               shoal::Cancelled);
  std::vector<Index> predicted(100);
  proxy.predict(calm.context(), ConstArray(first), shoal::MutableArray(predicted));
  EXPECT_EQ(predicted, values(found.labels));
}

TEST(KMeans, IsTheSameFromItsSavedState) {
  const RowMatrix<double> x = normal_points(8, 100, 3);
  Host host;
  const Made kmeans(host.context(), "clusterer/kmeans", {{"k", 5}}),
      other(host.context(), "clusterer/kmeans", {{"k", 5}}), wrong(host.context(), "clusterer/kmeans", {{"k", 6}});
  const auto found = shoal::ClustererProxy(kmeans.object()).fit(host.context(), {.features = ConstArray(x)});
  const shoal::testing::SavedState saved(host.context(), kmeans.object());
  saved.load_into(other.object());
  std::vector<Index> predicted(100);
  shoal::ClustererProxy(other.object()).predict(host.context(), ConstArray(x), shoal::MutableArray(predicted));
  EXPECT_EQ(predicted, values(found.labels));
  EXPECT_THAT([&] { saved.load_into(wrong.object()); },
              ThrowsMessage<shoal::InputError>("k is 6 but the saved state has 5 centroids"));
  EXPECT_THAT([&] { shoal::testing::SavedState(host.context(), wrong.object()); },
              ThrowsMessage<shoal::StateError>(HasSubstr("before it is fitted")));
}

TEST(KMeans, SaysWhatIsWrongWithItsInput) {
  Host host;
  RowMatrix<double> x = normal_points(9, 5, 2);
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 8}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<shoal::InputError>("k is 8 but there are only 5 examples"));
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 3}}, {.features = ConstArray(x), .init = ConstArray(x)});
      },
      ThrowsMessage<shoal::InputError>("k is 3 but 5 initial centroids are given"));
  const std::vector<double> weights{1, 0, 0, 1, 0};
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 3}}, {.features = ConstArray(x), .weights = ConstArray(weights)});
      },
      ThrowsMessage<shoal::InputError>("k is 3 but only 2 examples have a weight above 0"));
  const Made kmeans(host.context(), "clusterer/kmeans", {{"k", 2}});
  shoal::ClustererProxy proxy(kmeans.object());
  std::vector<Index> labels(5);
  EXPECT_THAT([&] { proxy.predict(host.context(), ConstArray(x), shoal::MutableArray(labels)); },
              ThrowsMessage<shoal::StateError>(HasSubstr("before it is fitted")));
  proxy.fit(host.context(), {.features = ConstArray(x)});
  const RowMatrix<double> wide = normal_points(9, 5, 4);
  EXPECT_THAT([&] { proxy.predict(host.context(), ConstArray(wide), shoal::MutableArray(labels)); },
              ThrowsMessage<shoal::InputError>("expected 2 columns, got 4"));
  x(3, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 2}}, {.features = ConstArray(x)});
      },
      ThrowsMessage<shoal::InputError>("features hold NaN at row 3, column 1"));
}

TEST(KMeans, RefusesNumbersWhoseSquaresAreInfinite) {
  shoal::testing::expect_squares_must_fit("clusterer/kmeans", {{{"k", 2}}, {{"k", 2}, {"n_init", 3}}});
}

}  // namespace
