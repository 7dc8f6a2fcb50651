#include <gmock/gmock.h>

#include <map>

#include "../../../tests/reference/density_points.h"
#include "cf_tree.h"
#include "shoal/clusterer.h"
#include "shoal/testing_clusterer.h"
#include "shoal/testing_component.h"
#include "shoal/testing_points.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::InputError;
using shoal::RowMatrix;
using shoal::testing::density_points;
using shoal::testing::Given;
using shoal::testing::Host;
using shoal::testing::Made;
using shoal::testing::normal_points;
using shoal::testing::values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<Index>;

/// Clusters numbered in the order in which they come.
Labels renamed(Labels labels) {
  std::map<Index, Index> names;
  for (Index& label : labels) label = names.try_emplace(label, static_cast<Index>(names.size())).first->second;
  return labels;
}

Labels predict(Host& host, const Made& made, ConstArray features) {
  Labels out(static_cast<std::size_t>(features.rows()));
  shoal::ClustererProxy(made.object()).predict(host.context(), features, shoal::MutableArray(out));
  return out;
}

TEST(Birch, HasTheTreeAndTheLabelsOfScikitLearn) {
  const auto reference = shoal::testing::reference("birch");
  ASSERT_EQ(reference["cases"].size(), 8U);
  for (const auto& c : reference["cases"]) {
    const Index n = c["n"], columns = c["columns"], batch = c["batch"];
    SCOPED_TRACE(::testing::Message() << columns << " columns, threshold " << c["threshold"] << ", in batches of "
                                      << batch);
    const RowMatrix<double> points = density_points(n, columns);
    Given given{{"threshold", c["threshold"].get<double>()}, {"branching_factor", c["branching_factor"].get<int>()}};
    if (!c["k"].is_null()) given["k"] = c["k"].get<int>();
    Host host({.threads = 2});
    const Made made(host.context(), "clusterer/birch", given);
    for (Index from = 0; from < n; from += batch)
      shoal::ClustererProxy(made.object())
          .partial_fit(host.context(), ConstArray(points).slice(from, std::min(n, from + batch)));
    const auto labels = renamed(c["labels"].get<Labels>());
    EXPECT_EQ(renamed(predict(host, made, ConstArray(points))), labels);
    if (batch == n) {
      const Made at_once(host.context(), "clusterer/birch", given);
      const auto found = shoal::ClustererProxy(at_once.object()).fit(host.context(), {.features = ConstArray(points)});
      EXPECT_EQ(renamed(values(found.labels)), labels);
      EXPECT_FALSE(found.centroids);
      EXPECT_EQ(found.clusters, c["k"].is_null() ? c["subclusters"].get<Index>() : c["k"].get<Index>());
    }
    CfTree tree(columns, c["threshold"], c["branching_factor"]);
    for (Index i = 0; i < n; ++i) tree.insert(points.row(i).data());
    const RowMatrix<double> means = tree.means();
    ASSERT_EQ(means.rows(), c["subclusters"].get<Index>());
    for (Index j = 0; j < columns; ++j)  // sums of up to 155 means, rounded in another order
      EXPECT_NEAR(means.col(j).sum(), c["sum"][static_cast<std::size_t>(j)].get<double>(), 1e-10);
  }
}

// By hand: 0 and 1 are a subcluster of radius 0.5, and 0, 1 and 4 one of radius √(26/9) = 1.6997.
TEST(Birch, JoinsWhileTheRadiusStaysWithinTheThreshold) {
  const RowMatrix<double> x{{0}, {1}, {4}};
  Host host;
  const auto subclusters = [&](double threshold) {
    const Made made(host.context(), "clusterer/birch", {{"threshold", threshold}});
    return values(shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(x)}).labels);
  };
  EXPECT_THAT(subclusters(0.499), ElementsAre(0, 1, 2));
  EXPECT_THAT(subclusters(0.5), ElementsAre(0, 0, 1));
  EXPECT_THAT(subclusters(1.699), ElementsAre(0, 0, 1));
  EXPECT_THAT(subclusters(1.7), ElementsAre(0, 0, 0));
}

TEST(Birch, LosesNoDigitsFarFromTheOrigin) {  // where Σ‖x‖²/n − ‖mean‖² is noise: 1e8 squared has 17 digits
  const RowMatrix<double> near = (normal_points(1, 400, 3) * 1024).array().round() / 1024, far = near.array() + 1e8;
  CfTree of_near(3, 0.7, 5), of_far(3, 0.7, 5);
  for (Index i = 0; i < 400; ++i) of_near.insert(near.row(i).data()), of_far.insert(far.row(i).data());
  const RowMatrix<double> means = of_near.means(), moved = of_far.means();
  ASSERT_EQ(moved.rows(), means.rows());
  EXPECT_GT(means.rows(), 5);
  EXPECT_LE((moved.array() - 1e8 - means.array()).abs().maxCoeff(), 1e-6);
}

TEST(Birch, GoesOnLearningAfterSaveAndLoad) {
  const RowMatrix<float> x = density_points(900, 3).cast<float>();
  const ConstArray first = ConstArray(x).slice(0, 500), second = ConstArray(x).slice(500, 900);
  const Given given{{"k", 4}, {"threshold", 0.1}, {"branching_factor", 4}};
  Host host({.threads = 2});
  const Made made(host.context(), "clusterer/birch", given), other(host.context(), "clusterer/birch", given),
      narrow(host.context(), "clusterer/birch", {{"branching_factor", 2}});
  const Labels fitted = values(shoal::ClustererProxy(made.object()).fit(host.context(), {.features = first}).labels);
  const shoal::testing::SavedState saved(host.context(), made.object());
  saved.load_into(other.object());
  for (const Made* each : {&made, &other}) EXPECT_EQ(predict(host, *each, first), fitted);
  for (const Made* each : {&made, &other}) shoal::ClustererProxy(each->object()).partial_fit(host.context(), second);
  EXPECT_EQ(predict(host, other, ConstArray(x)), predict(host, made, ConstArray(x)));
  EXPECT_THAT([&] { saved.load_into(narrow.object()); },
              ThrowsMessage<InputError>(HasSubstr("subclusters, but branching_factor is 2")));
}

TEST(Birch, RefusesATreeThatIsNone) {
  CfTree tree(2, 0.1, 3);
  const RowMatrix<double> x = normal_points(2, 200, 2);
  for (Index i = 0; i < 200; ++i) tree.insert(x.row(i).data());
  const SavedTree good = tree.save();
  EXPECT_EQ(CfTree(good, 0.1, 3).means(), tree.means());
  const auto refuse = [&](auto&& damage) {
    SavedTree bad = good;
    damage(bad);
    EXPECT_THROW(CfTree(bad, 0.1, 3), InputError);
  };
  Index inner = 0;
  while (good.features(inner, 1) < 0) ++inner;
  refuse([&](SavedTree& t) { t.features(inner, 1) = good.nodes.rows(); });         // no such node
  refuse([&](SavedTree& t) { t.features(inner, 1) = t.features(inner + 1, 1); });  // in two places
  refuse([&](SavedTree& t) { t.nodes(0, 2) = 0; });                                // a leaf after itself
  refuse([&](SavedTree& t) { t.nodes(0, 0) = 1 - t.nodes(0, 0); });                // a leaf that is none
  refuse([&](SavedTree& t) { t.nodes(0, 3) = 4; });                                // too full
  refuse([&](SavedTree& t) { t.features(0, 0) = 0; });                             // of no examples
  refuse([&](SavedTree& t) { t.squares.pop_back(); });
  refuse([&](SavedTree& t) { t.nodes.resize(0, 4); });
}

TEST(Birch, TakesEqualRowsAndSaysWhenClustersAreFew) {
  const RowMatrix<std::uint8_t> same = RowMatrix<std::uint8_t>::Constant(100, 3, 9);
  Host host;
  const Made made(host.context(), "clusterer/birch", {{"k", 2}, {"threshold", 0.0}});
  const auto found = shoal::ClustererProxy(made.object()).fit(host.context(), {.features = ConstArray(same)});
  EXPECT_EQ(found.clusters, 1);
  EXPECT_EQ(host.log().back().text, "k is 2 but there are only 1 subclusters: take a smaller threshold");
}

TEST(Birch, RefusesMoreClustersThanExamples) {
  const RowMatrix<double> x = normal_points(7, 8, 3);
  Host host;
  const Made made(host.context(), "clusterer/birch", {{"k", 9}});
  shoal::ClustererProxy clusterer(made.object());
  EXPECT_THAT([&] { clusterer.fit(host.context(), {.features = ConstArray(x)}); },
              ThrowsMessage<InputError>("k is 9 but there are only 8 examples"));
}

TEST(Birch, SaysWhatIsWrongAndCanBeStopped) {
  const RowMatrix<double> x = normal_points(7, 3000, 3), wide = normal_points(8, 10, 4);
  Host host;
  const Made made(host.context(), "clusterer/birch");
  shoal::ClustererProxy clusterer(made.object());
  EXPECT_THROW(predict(host, made, ConstArray(x)), shoal::StateError);
  clusterer.partial_fit(host.context(), ConstArray(x));
  EXPECT_THAT([&] { clusterer.partial_fit(host.context(), ConstArray(wide)); },
              ThrowsMessage<InputError>("expected 3 columns, got 4"));
  const Labels before = predict(host, made, ConstArray(x));
  Host stopped({.cancel_after = 1});
  const RowMatrix<double> moved = x.array() + 9;
  EXPECT_THROW(clusterer.partial_fit(stopped.context(), ConstArray(moved)), shoal::Cancelled);
  EXPECT_EQ(predict(host, made, ConstArray(x)), before);
}

}  // namespace
