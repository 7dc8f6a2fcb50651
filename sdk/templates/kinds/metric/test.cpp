#include <gmock/gmock.h>

#include <vector>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

double purity(const Labels& predicted, const Labels& labels) {
  Host host;
  const Made metric(host.context(), "metric/@name@");
  return shoal::testing::measure(host.context(), metric.object(),
                                 {{"predicted", ConstArray(predicted)}, {"labels", ConstArray(labels)}})
      .numbers.at("purity");
}

TEST(@class@, IsTheShareOfTheCommonestClassOfEachCluster) {  // 2 of cluster 0's 3, and 1 of cluster 1's 2
  EXPECT_DOUBLE_EQ(purity({0, 0, 0, 1, 1}, {4, 4, 5, 4, 5}), 3 / 5.);
  EXPECT_DOUBLE_EQ(purity({7, 7, 2}, {0, 0, 1}), 1);
}

TEST(@class@, TakesNoiseForWrong) { EXPECT_DOUBLE_EQ(purity({-1, -1, 0, 0}, {1, 1, 1, 1}), 0.5); }

TEST(@class@, WantsALabelOfBothKindsForEveryExample) {
  EXPECT_THAT(
      [] {
        purity({0, 1}, {0});
      },
      ThrowsMessage<shoal::InputError>("there are 2 predicted labels, but 1 true ones"));
  EXPECT_THAT([] { purity({}, {}); }, ThrowsMessage<shoal::InputError>("there are no examples"));
}

}  // namespace
