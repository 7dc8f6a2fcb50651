#include <gmock/gmock.h>

#include <limits>

#include "shoal/testing_component.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;

shoal::Array apply(shoal::testing::Host& host, ConstArray features) {
  const shoal::testing::Made made(host.context(), "transform/l2-normalize");
  return shoal::TransformProxy(made.object(), host.context()).apply(host.context(), features);
}

TEST(L2Normalize, ScalesEveryExampleToLengthOneAndLeavesZeros) {
  shoal::testing::Host host;
  const RowMatrix<double> points{{3, 4}, {0, 0}, {-5, 0}};
  EXPECT_EQ(apply(host, ConstArray(points)).view().matrix<double>(), (RowMatrix<double>{{0.6, 0.8}, {0, 0}, {-1, 0}}));
}

TEST(L2Normalize, TakesBytesAndHugeFloats) {
  shoal::testing::Host host;
  const RowMatrix<std::uint8_t> bytes{{3, 4}};
  EXPECT_EQ(apply(host, ConstArray(bytes)).view().matrix<float>(), (RowMatrix<float>{{0.6f, 0.8f}}));
  const RowMatrix<float> huge{{3e38f, 0}};  // its square is beyond float32
  EXPECT_EQ(apply(host, ConstArray(huge)).view().matrix<float>(), (RowMatrix<float>{{1, 0}}));
}

TEST(L2Normalize, RefusesNaN) {
  shoal::testing::Host host;
  const RowMatrix<float> bad{{1, std::numeric_limits<float>::quiet_NaN()}};
  EXPECT_THROW(apply(host, ConstArray(bad)), shoal::InputError);
}

}  // namespace
