#include <gmock/gmock.h>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Runs = shoal::RowMatrix<std::int64_t>;  // (R, N), as the host stacks them

shoal::testing::Measured compute(shoal::testing::Host& host, const Runs& runs) {
  const shoal::testing::Made metric(host.context(), "metric/stability");
  return shoal::testing::measure(host.context(), metric.object(), {{"labels", ConstArray(runs)}});
}

TEST(Stability, IsTheMeanAndTheLeastOverPairs) {
  // ARI and NMI of 0011 with 0012 are 4/7 and 0.8 (derived in sdk/kernels/agreement_test.cpp); 1100 is 0011 renamed.
  shoal::testing::Host host;
  const auto found = compute(host, Runs{{0, 0, 1, 1}, {0, 0, 1, 2}, {1, 1, 0, 0}});
  EXPECT_DOUBLE_EQ(found.numbers.at("ari"), (1 + 2 * 4.0 / 7) / 3);
  EXPECT_DOUBLE_EQ(found.numbers.at("ari_min"), 4.0 / 7);
  EXPECT_DOUBLE_EQ(found.numbers.at("nmi"), (1 + 2 * 0.8) / 3);
  EXPECT_DOUBLE_EQ(found.numbers.at("nmi_min"), 0.8);
  const shoal::RowMatrix<double> pairs = found.arrays.at("pairs").view().matrix<double>();
  EXPECT_EQ(pairs(0, 2), 1);
  EXPECT_DOUBLE_EQ(pairs(2, 1), 4.0 / 7);
  EXPECT_EQ(pairs(1, 1), 1);
}

TEST(Stability, TakesNoiseForOneMoreCluster) {
  shoal::testing::Host host;
  EXPECT_EQ(compute(host, Runs{{0, 0, -1, -1}, {3, 3, 1, 1}}).numbers.at("ari_min"), 1);
  EXPECT_EQ(compute(host, Runs{{-1, -1, -1}, {-1, -1, -1}}).numbers.at("nmi_min"), 1);
}

TEST(Stability, SaysWhatIsWrongAndCanBeStopped) {
  shoal::testing::Host host;
  EXPECT_THAT(
      [&] {
        compute(host, Runs{{0, 0, 1, 1}});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("at least 2 labellings to compare, but there is 1")));
  EXPECT_THAT(
      [&] {
        compute(host, Runs{{0, 0}, {0, -3}});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("hold -3 at row 1")));
  shoal::testing::Host stopped({.cancel_after = 2});
  EXPECT_THROW(compute(stopped, Runs{{0, 1}, {0, 1}, {0, 1}}), shoal::Cancelled);
}

}  // namespace
