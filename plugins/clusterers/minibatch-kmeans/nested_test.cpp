#include "nested.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "helpers_test.h"
#include "shoal/kernels/sums.h"

namespace {

TEST(NestedMiniBatch, DoublesTheBatchInEveryStepThatIsCertainEnough) {
  const RowMatrix<double> x = groups_on_a_line(1, 1000, 5);
  Host host;
  // Any step is certain enough: batches of 10, 20, …, 640 and 1000, and the last one ends it. 2270 examples: 3 passes.
  const MiniBatchParams params{.k = 5, .algorithm = "nested", .batch_size = 10, .rho = 1e-12};
  const MiniBatchFit found = fit_nested(host.context(), ConstArray(x), {}, {}, params);
  EXPECT_EQ(found.state.steps, 8);
  EXPECT_EQ(found.iterations, 3);
  EXPECT_TRUE(found.converged);
}

TEST(NestedMiniBatch, CountsEveryExampleOnce) {
  const RowMatrix<double> x = groups_on_a_line(2, 700, 5);
  Host host;
  const MiniBatchFit found =
      fit_nested(host.context(), ConstArray(x), {}, {}, {.k = 5, .algorithm = "nested", .batch_size = 64});
  EXPECT_EQ(std::accumulate(found.state.counts.begin(), found.state.counts.end(), 0.0), 700);
}

TEST(NestedMiniBatch, EndsAtAStandstillOfLloydsAlgorithmWithInfiniteRho) {
  const RowMatrix<double> x = groups_on_a_line(3, 900, 3);
  Host host;
  MiniBatchParams params{.k = 7, .algorithm = "nested", .batch_size = 50, .rho = {}};
  const MiniBatchFit found = fit_nested(host.context(), ConstArray(x), {}, {}, params);
  ASSERT_TRUE(found.converged);
  const auto means = shoal::kernels::cluster_means(host.context(), ConstArray(x), found.labels, 7);
  EXPECT_TRUE(found.state.centroids.isApprox(means.means, 1e-12));
  params.rho = 1;  // ends earlier, a little worse
  EXPECT_LT(fit_nested(host.context(), ConstArray(x), {}, {}, params).state.steps, found.state.steps);
}

TEST(NestedMiniBatch, SaysThatMaxIterEndedIt) {
  const RowMatrix<double> x = groups_on_a_line(4, 2000, 3);
  Host host;
  const MiniBatchFit found = fit_nested(host.context(), ConstArray(x), {}, {},
                                        {.k = 20, .algorithm = "nested", .batch_size = 100, .max_iter = 1, .rho = {}});
  EXPECT_FALSE(found.converged);
  EXPECT_EQ(found.iterations, 1);  // 2000 examples, 100 or more of them in each step
}

TEST(NestedMiniBatch, TakesWeightsAsRepetitions) {
  const RowMatrix<double> x = groups_on_a_line(5, 60, 2);
  std::vector<double> weights(60);
  std::vector<Index> repeated;
  for (Index i = 0; i < 60; ++i) {
    weights[static_cast<std::size_t>(i)] = static_cast<double>(i % 4);
    repeated.insert(repeated.end(), static_cast<std::size_t>(i % 4), i);
  }
  const RowMatrix<double> repetitions = x(repeated, Eigen::all), init = x.middleRows(1, 2);
  Host host;
  const Given given = {{"k", 2}, {"algorithm", "nested"}, {"batch_size", 200}};
  const auto weighted =
      fit(host, given, {.features = ConstArray(x), .weights = ConstArray(weights), .init = ConstArray(init)});
  const auto plain = fit(host, given, {.features = ConstArray(repetitions), .init = ConstArray(init)});
  EXPECT_TRUE(weighted.centroids->view().matrix<double>().isApprox(plain.centroids->view().matrix<double>(), 1e-12));
}

TEST(NestedMiniBatch, IsBetterThanIndependentBatches) {  // 25 groups, where steps of Sculley's rule leave some noise
  const RowMatrix<double> x = groups_on_a_line(6, 20000, 25);
  double nested = 0, sculley = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    Host host({.seed = seed});
    nested += inertia_of(host, x, fit(host, {{"k", 50}, {"algorithm", "nested"}}, {.features = ConstArray(x)}));
    sculley += inertia_of(host, x, fit(host, {{"k", 50}}, {.features = ConstArray(x)}));
  }
  EXPECT_LT(nested, sculley);
}

}  // namespace
