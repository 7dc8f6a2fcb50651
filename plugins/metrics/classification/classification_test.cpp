#include <gmock/gmock.h>

#include <string>

#include "shoal/testing_component.h"

namespace {

using shoal::ConstArray;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Labels = std::vector<std::int64_t>;

struct Classification : ::testing::Test {
  shoal::testing::Measured compute(const Labels& labels, const Labels& predicted) {
    return shoal::testing::measure(host.context(), metric.object(),
                                   {{"labels", ConstArray(labels)}, {"predicted", ConstArray(predicted)}});
  }
  shoal::testing::Host host;
  shoal::testing::Made metric{host.context(), "metric/classification"};
};

TEST_F(Classification, CountsByTrueClassAndPrediction) {
  // Class 2 is never a label, class 3 never a prediction: both have a row and a column.
  const auto found = compute({0, 0, 1, 3}, {0, 2, 1, 1});
  EXPECT_EQ(found.numbers.at("accuracy"), 0.5);
  EXPECT_EQ(found.arrays.at("confusion").view().matrix<std::int64_t>(),
            (shoal::RowMatrix<std::int64_t>{{1, 0, 1, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}, {0, 1, 0, 0}}));
}

TEST_F(Classification, SaysWhatIsWrong) {
  EXPECT_THAT(
      [&] {
        compute({0, 1}, {0, 1, 1});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("'labels' are of 2 examples, but 'predicted' of 3")));
  EXPECT_THAT(
      [&] {
        compute({0, 1}, {-1, 1});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("1 of the 2 'predicted' are −1")));
  EXPECT_THAT(
      [&] {
        compute({-1, -1}, {0, 1});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("2 of the 2 'labels' are −1")));
  EXPECT_THAT(
      [&] {
        compute({0, 40000}, {0, 1});
      },
      ThrowsMessage<shoal::InputError>(HasSubstr("at most 32768 classes, but classes reach 40000")));
}

}  // namespace
