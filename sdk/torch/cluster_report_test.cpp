#include "shoal/torch/cluster_report.h"

#include <ATen/ops/from_blob.h>
#include <gmock/gmock.h>

#include "shoal/torch/testing.h"

namespace {

using shoal::testing::Host;
using shoal::testing::series;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Four examples in three clusters.
shoal::Predictions say(std::vector<float> probabilities, std::vector<std::int64_t> labels) {
  const at::Tensor p = at::from_blob(probabilities.data(), {4, 3}).clone();
  return {.logits = p.log(), .probabilities = p, .labels = at::from_blob(labels.data(), {4}, at::kLong).clone()};
}

TEST(ClusterReport, SaysHowManyClustersAreUsedAndHowSurely) {
  Host host;
  const auto now = say({.8F, .1F, .1F, .5F, .25F, .25F, .1F, .2F, .7F, .9F, .05F, .05F}, {0, 0, 2, 0});
  const shoal::ClusterReport report = shoal::report_clusters(host.context(), now, std::nullopt, {}, 0.7, 3);
  EXPECT_EQ(report.clusters, 3);
  EXPECT_EQ(report.active, 2);
  EXPECT_DOUBLE_EQ(report.confident, 0.5);  // .8 and .9 are above .7, .7 is not
  EXPECT_THAT(series(host, "active"), ElementsAre(2));
  EXPECT_THAT(series(host, "confident"), ElementsAre(0.5));
  EXPECT_THAT(series(host, "largest_share"), ElementsAre(0.75));
  EXPECT_THAT(series(host, "churn"), IsEmpty());
  EXPECT_THAT(series(host, "nmi_label"), IsEmpty());
  for (const auto& scalar : host.scalars()) EXPECT_EQ(scalar.step, 3);
}

TEST(ClusterReport, ComparesWithTheLabelsBeforeAndTheTrueOnes) {
  Host host;
  const std::vector<float> any(12, 1.F / 3);
  std::vector<std::int64_t> truth = {7, 7, 5, 5};
  const auto before = say(any, {0, 1, 2, 2});
  const auto now = say(any, {0, 0, 2, 2});
  shoal::report_clusters(host.context(), now, before, at::from_blob(truth.data(), {4}, at::kLong), 0.5, 1);
  EXPECT_THAT(series(host, "churn"), ElementsAre(0.25));
  EXPECT_THAT(series(host, "nmi_label"), ElementsAre(::testing::DoubleEq(1)));
}

}  // namespace
