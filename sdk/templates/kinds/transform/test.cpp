#include <gmock/gmock.h>

#include "shoal/testing_component.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kId = "transform/@name@";

// The second column is of one value.
const RowMatrix<double> kPoints{{1, 7}, {3, 7}, {5, 7}};

TEST(@class@, ScalesEachColumnToTheRange) {  // 1 … 5 to −1 … 1: the middle is 0; a column of one value is at −1
  Host host({.threads = 2});
  const Made made(host.context(), kId, {{"low", -1.0}, {"high", 1.0}});
  shoal::TransformProxy transform(made.object(), host.context());
  transform.fit(host.context(), ConstArray(kPoints));
  const shoal::Array out = transform.apply(host.context(), ConstArray(kPoints));
  const RowMatrix<double> expected{{-1, -1}, {0, -1}, {1, -1}};
  EXPECT_EQ(RowMatrix<double>(out.view().matrix<double>()), expected);
}

TEST(@class@, UsesTheRangeItWasFittedTo) {  // 1 … 5 is 0 … 1, so that 7 is 1.5
  Host host;
  const Made made(host.context(), kId);
  shoal::TransformProxy transform(made.object(), host.context());
  transform.fit(host.context(), ConstArray(kPoints));
  const RowMatrix<float> others{{7, 7}};
  EXPECT_FLOAT_EQ(transform.apply(host.context(), ConstArray(others)).view().matrix<float>()(0, 0), 1.5f);
}

TEST(@class@, WantsAsManyColumnsAsItWasFittedTo) {
  Host host;
  const Made made(host.context(), kId);
  shoal::TransformProxy transform(made.object(), host.context());
  const auto apply = [&] { transform.apply(host.context(), ConstArray(kPoints)); };
  EXPECT_THAT(apply, ThrowsMessage<shoal::StateError>("apply before fit"));
  const RowMatrix<double> wide{{1, 2, 3}, {4, 5, 6}};
  transform.fit(host.context(), ConstArray(wide));
  EXPECT_THAT(apply, ThrowsMessage<shoal::InputError>("expected 3 columns, got 2"));
}

TEST(@class@, WantsARange) {
  Host host;
  EXPECT_THAT(
      [&] {
        Made(host.context(), kId, {{"low", 2.0}, {"high", 1.0}});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("'low' must be less than 'high', but they are 2 and 1")));
}

}  // namespace
