#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "../../../tests/reference/reference.h"
#include "helpers_test.h"
#include "step.h"

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(MiniBatchStep, MovesEachCentroidToTheMeanOfAllItWasGiven) {
  Host host;
  MiniBatchState state{.centroids = RowMatrix<double>{{0}, {10}}, .counts = {1, 3}};
  const RowMatrix<double> batch{{1}, {2}, {14}};
  const StepReport report = take_step(host.context(), ConstArray(batch), 0, shoal::Random(0), state);
  EXPECT_DOUBLE_EQ(state.centroids(0, 0), 1);   // (0·1 + 1 + 2) / 3
  EXPECT_DOUBLE_EQ(state.centroids(1, 0), 11);  // (10·3 + 14) / 4
  EXPECT_THAT(state.counts, ElementsAre(3, 4));
  EXPECT_DOUBLE_EQ(report.mean_inertia, 7);  // (1 + 4 + 16) / 3, to the old centroids
  EXPECT_DOUBLE_EQ(report.squared_shift, 2);
}

// scikit-learn's partial_fit without reassignment draws nothing, so its steps are ours.
TEST(MiniBatchStep, FollowsScikitLearn) {
  const auto reference = shoal::testing::reference("minibatch_kmeans");
  const std::vector<std::vector<std::vector<double>>> batches = reference["batches"], after = reference["centroids"];
  ASSERT_EQ(batches.size(), 6U);
  const std::vector<std::vector<double>> init = reference["init"];
  const auto matrix = [](const std::vector<std::vector<double>>& rows) {
    RowMatrix<double> out(static_cast<Index>(rows.size()), static_cast<Index>(rows[0].size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
      out.row(static_cast<Index>(i)) = Eigen::Map<const Eigen::RowVectorXd>(rows[i].data(), out.cols());
    return out;
  };
  Host host;
  MiniBatchState state{.centroids = matrix(init), .counts = std::vector<double>(init.size(), 0)};
  for (std::size_t b = 0; b < batches.size(); ++b) {
    take_step(host.context(), ConstArray(matrix(batches[b])), 0, shoal::Random(0), state);
    EXPECT_TRUE(state.centroids.isApprox(matrix(after[b]), 1e-12)) << b;
  }
}

TEST(MiniBatchStep, PutsStarvedCentroidsOnRowsOfTheBatch) {
  Host host;
  MiniBatchState state{.centroids = RowMatrix<double>{{0}, {1e6}, {-1e6}}, .counts = {0, 0, 0}};
  RowMatrix<double> batch(100, 1);
  for (Index i = 0; i < 100; ++i) batch(i, 0) = static_cast<double>(i);
  take_step(host.context(), ConstArray(batch), 0.01, shoal::Random(1), state);
  EXPECT_LE(state.centroids.maxCoeff(), 99);
  EXPECT_GE(state.centroids.minCoeff(), 0);
  EXPECT_NE(state.centroids(1, 0), state.centroids(2, 0));
  EXPECT_THAT(state.counts, ElementsAre(100, 100, 100));  // the least count of those that stayed
  EXPECT_EQ(state.since_reassignment, 0);
}

TEST(MiniBatchStep, ReassignsAtMostHalfABatch) {
  Host host;
  MiniBatchState state{.centroids = RowMatrix<double>::Constant(9, 1, 1e6), .counts = std::vector<double>(9, 0)};
  state.centroids(0, 0) = 0;
  const RowMatrix<double> batch{{0}, {1}, {2}, {3}};
  take_step(host.context(), ConstArray(batch), 0.01, shoal::Random(1), state);
  EXPECT_EQ((state.centroids.array() < 10).count(), 1 + 2);
}

TEST(MiniBatchKMeans, FindsFarGroups) {
  const RowMatrix<double> x = groups_on_a_line(1, 3000, 6);
  Host host({.threads = 2});
  const auto found = fit(host, {{"k", 6}, {"batch_size", 256}, {"n_init", 5}}, {.features = ConstArray(x)});
  EXPECT_LT(inertia_of(host, x, found) / 3000, 2.2);  // 2, the variance of a group, at best
  EXPECT_TRUE(found.converged);
  // Random rows seldom hit six groups of six (6!/6⁶ = 1.5 %), so some stay together: two such are 100/4 apart from
  // their middle.
  EXPECT_LT(inertia_of(host, x, fit(host, {{"k", 6}, {"init", "random"}}, {.features = ConstArray(x)})) / 3000, 27);
}

TEST(MiniBatchKMeans, IsTheSameForAnyNumberOfThreadsAndOtherForAnotherSeed) {
  const RowMatrix<double> x = groups_on_a_line(2, 4000, 5);
  Host one, three({.threads = 3}), other({.seed = 1});
  const auto expected = fit(one, {{"k", 20}}, {.features = ConstArray(x)});
  const auto found = fit(three, {{"k", 20}}, {.features = ConstArray(x)});
  EXPECT_EQ(values(found.labels), values(expected.labels));
  EXPECT_EQ(found.centroids->view().matrix<double>(), expected.centroids->view().matrix<double>());
  EXPECT_NE(values(fit(other, {{"k", 20}}, {.features = ConstArray(x)}).labels), values(expected.labels));
}

TEST(MiniBatchKMeans, ReturnsLabelsThatPredictGivesAgainUnderALargeOffset) {  // scikit-learn: 1807 of 2000 labels wrong
  const RowMatrix<float> x = (groups_on_a_line(3, 2000, 4).array() + 1e4).cast<float>();
  Host host;
  const Made clusterer(host.context(), "clusterer/minibatch-kmeans", {{"k", 4}});
  shoal::ClustererProxy proxy(clusterer.object());
  const auto found = proxy.fit(host.context(), {.features = ConstArray(x)});
  std::vector<Index> predicted(2000);
  proxy.predict(host.context(), ConstArray(x), shoal::MutableArray(predicted));
  EXPECT_EQ(predicted, values(found.labels));
}

TEST(MiniBatchKMeans, HasNoEmptyClusterWhileRowsDiffer) {
  const RowMatrix<double> x = groups_on_a_line(4, 300, 3);
  RowMatrix<double> init = RowMatrix<double>::Constant(10, 2, 1e5);
  init.row(0) = x.row(0);
  Host host;
  const auto found =
      fit(host, {{"k", 10}, {"reassignment_ratio", 0.0}}, {.features = ConstArray(x), .init = ConstArray(init)});
  const auto labels = values(found.labels);
  EXPECT_EQ(std::set<Index>(labels.begin(), labels.end()).size(), 10U);
  EXPECT_TRUE(host.log().empty());
}

TEST(MiniBatchKMeans, SaysThatRowsAreTooAlike) {
  RowMatrix<double> x(40, 1);
  for (Index i = 0; i < 40; ++i) x(i, 0) = static_cast<double>(i % 3);
  Host host;
  fit(host, {{"k", 8}}, {.features = ConstArray(x)});
  ASSERT_EQ(host.log().size(), 1U);
  EXPECT_EQ(host.log()[0].text, "k is 8 but only 3 rows differ: 5 clusters are empty");
}

TEST(MiniBatchKMeans, SaysThatInitSizeIsTooSmall) {
  const RowMatrix<double> x = groups_on_a_line(5, 300, 3);
  Host host;
  fit(host, {{"k", 8}, {"init_size", 5}}, {.features = ConstArray(x)});
  ASSERT_EQ(host.log().size(), 1U);
  EXPECT_EQ(host.log()[0].text, "init_size is 5, less than k = 8: 24 is used");
}

TEST(MiniBatchKMeans, IgnoresRowsOfWeightZero) {
  RowMatrix<double> x = groups_on_a_line(6, 600, 3);
  std::vector<double> weights(600, 1.0);
  for (Index i = 0; i < 600; i += 5) x.row(i).setConstant(1e7), weights[static_cast<std::size_t>(i)] = 0;
  Host host;
  const auto found =
      fit(host, {{"k", 3}, {"init_size", 100}}, {.features = ConstArray(x), .weights = ConstArray(weights)});
  EXPECT_LT(found.centroids->view().matrix<double>().cwiseAbs().maxCoeff(), 100);
}

TEST(MiniBatchKMeans, LearnsFromAStreamAndWaitsForEnoughRows) {
  const RowMatrix<double> x = groups_on_a_line(7, 2000, 5);
  Host host;
  const Made clusterer(host.context(), "clusterer/minibatch-kmeans", {{"k", 5}});
  shoal::ClustererProxy proxy(clusterer.object());
  ASSERT_TRUE(proxy.has_partial_fit());
  std::vector<Index> labels(2000);
  const auto predict = [&] { proxy.predict(host.context(), ConstArray(x), shoal::MutableArray(labels)); };
  EXPECT_THAT(predict, ThrowsMessage<shoal::StateError>(HasSubstr("before it is fitted")));
  proxy.partial_fit(host.context(), ConstArray(x).slice(0, 3));
  EXPECT_THAT(predict, ThrowsMessage<shoal::StateError>(HasSubstr("k is 5 and only 3 examples have come so far")));
  for (Index from = 3; from < 1900; from += 97) proxy.partial_fit(host.context(), ConstArray(x).slice(from, from + 97));
  const RowMatrix<float> floats = x.bottomRows(100).cast<float>();  // another dtype is welcome
  proxy.partial_fit(host.context(), ConstArray(floats));
  predict();
  for (Index i = 0; i < 2000; ++i)
    EXPECT_EQ(labels[static_cast<std::size_t>(i)], labels[static_cast<std::size_t>(i % 5)]) << i;
  const RowMatrix<double> wide = RowMatrix<double>::Zero(4, 3);
  EXPECT_THAT([&] { proxy.partial_fit(host.context(), ConstArray(wide)); },
              ThrowsMessage<shoal::InputError>("expected 2 columns, got 3"));
}

TEST(MiniBatchKMeans, GoesOnFromItsSavedStateAsItWouldHave) {
  const RowMatrix<double> x = groups_on_a_line(8, 1000, 5);
  Host host;
  const Made first(host.context(), "clusterer/minibatch-kmeans", {{"k", 9}}),
      second(host.context(), "clusterer/minibatch-kmeans", {{"k", 9}}),
      wrong(host.context(), "clusterer/minibatch-kmeans", {{"k", 4}});
  shoal::ClustererProxy here(first.object()), there(second.object());
  here.partial_fit(host.context(), ConstArray(x).slice(0, 300));
  const shoal::testing::SavedState saved(host.context(), first.object());
  saved.load_into(second.object());
  for (const auto proxy : {&here, &there}) proxy->partial_fit(host.context(), ConstArray(x).slice(300, 600));
  std::vector<Index> of_first(1000), of_second(1000);
  here.predict(host.context(), ConstArray(x), shoal::MutableArray(of_first));
  there.predict(host.context(), ConstArray(x), shoal::MutableArray(of_second));
  EXPECT_EQ(of_first, of_second);
  EXPECT_THAT([&] { saved.load_into(wrong.object()); },
              ThrowsMessage<shoal::InputError>("k is 4 but the saved state has 9 centroids"));
}

TEST(MiniBatchKMeans, IsAsBeforeWhenCancelled) {
  const RowMatrix<double> x = groups_on_a_line(9, 500, 5);
  const RowMatrix<double> moved = x.array() + 1000, init = moved.topRows(5);
  Host calm, hasty({.cancel_after = 2});
  const Made clusterer(calm.context(), "clusterer/minibatch-kmeans", {{"k", 5}});
  shoal::ClustererProxy proxy(clusterer.object());
  const auto found = proxy.fit(calm.context(), {.features = ConstArray(x)});
  EXPECT_THROW(proxy.fit(hasty.context(), {.features = ConstArray(moved), .init = ConstArray(init)}), shoal::Cancelled);
  std::vector<Index> predicted(500);
  proxy.predict(calm.context(), ConstArray(x), shoal::MutableArray(predicted));
  EXPECT_EQ(predicted, values(found.labels));
}

TEST(MiniBatchKMeans, SaysWhatIsWrongWithItsInput) {
  Host host;
  const RowMatrix<double> x = groups_on_a_line(10, 5, 2);
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
  RowMatrix<float> wrong = RowMatrix<float>::Zero(3000, 20);
  wrong(2999, 17) = std::numeric_limits<float>::infinity();
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 3}}, {.features = ConstArray(wrong)});
      },
      ThrowsMessage<shoal::InputError>("features hold an infinity at row 2999, column 17"));
  const std::vector<double> weights{1, 0, 0, 1, 0};
  EXPECT_THAT(
      [&] {
        fit(host, {{"k", 3}}, {.features = ConstArray(x), .weights = ConstArray(weights)});
      },
      ThrowsMessage<shoal::InputError>("k is 3 but only 2 examples have a weight above 0"));
}

}  // namespace
