#include <gmock/gmock.h>

#include <map>
#include <string>

#include "shoal/testing_component.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::RowMatrix;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

shoal::Array fit_apply(shoal::testing::Host& host, ConstArray features,
                       const std::map<std::string, shoal::testing::Made::Value>& given = {}) {
  const shoal::testing::Made made(host.context(), "transform/standardize", given);
  shoal::TransformProxy standardize(made.object(), host.context());
  standardize.fit(host.context(), features);
  return standardize.apply(host.context(), features);
}

// Column 0: mean 2, deviation 1 (divisor N). Column 1 does not vary.
const RowMatrix<double> kPoints{{1, 7}, {3, 7}, {1, 7}, {3, 7}};

TEST(Standardize, GivesMeanZeroAndDeviationOneButLeavesAConstantColumnAtZero) {
  shoal::testing::Host host;
  const RowMatrix<double> expected{{-1, 0}, {1, 0}, {-1, 0}, {1, 0}};
  EXPECT_EQ(fit_apply(host, ConstArray(kPoints)).view().matrix<double>(), expected);
  const RowMatrix<std::uint8_t> bytes = kPoints.cast<std::uint8_t>();
  EXPECT_EQ(fit_apply(host, ConstArray(bytes)).view().matrix<float>(), expected.cast<float>());
}

TEST(Standardize, DoesNotBlowUpAConstantColumnThatRoundingBlurs) {
  // The mean of 100 times 0.1 is not 0.1 in binary; divided by that variance the column would become −1 or 1.
  shoal::testing::Host host;
  const RowMatrix<double> same = RowMatrix<double>::Constant(100, 1, 0.1);
  EXPECT_LT(fit_apply(host, ConstArray(same)).view().matrix<double>().cwiseAbs().maxCoeff(), 1e-14);
}

TEST(Standardize, LeavesOutWhatItIsToldTo) {
  shoal::testing::Host host;
  EXPECT_EQ(fit_apply(host, ConstArray(kPoints), {{"with_mean", false}}).view().matrix<double>(), kPoints);
  EXPECT_EQ(fit_apply(host, ConstArray(kPoints), {{"with_std", false}}).view().matrix<double>()(1, 0), 1);
}

TEST(Standardize, GivesTheSameBytesForAnyNumberOfThreads) {
  shoal::Random random(1);
  RowMatrix<float> points(3000, 150);
  for (float& x : points.reshaped()) x = static_cast<float>(random.normal());
  shoal::testing::Host one({.threads = 1}), three({.threads = 3});
  const auto a = fit_apply(one, ConstArray(points)), b = fit_apply(three, ConstArray(points));
  EXPECT_EQ(a.view().matrix<float>(), b.view().matrix<float>());
}

TEST(Standardize, IsTheSameAfterSaveAndLoad) {
  shoal::testing::Host host;
  const shoal::testing::Made made(host.context(), "transform/standardize"),
      other(host.context(), "transform/standardize");
  shoal::TransformProxy fitted(made.object(), host.context()), loaded(other.object(), host.context());
  fitted.fit(host.context(), ConstArray(kPoints));
  shoal::testing::SavedState(host.context(), made.object()).load_into(other.object());
  EXPECT_EQ(loaded.apply(host.context(), ConstArray(kPoints)).view().matrix<double>(),
            fitted.apply(host.context(), ConstArray(kPoints)).view().matrix<double>());
}

TEST(Standardize, SaysWhatIsWrong) {
  shoal::testing::Host host;
  const shoal::testing::Made made(host.context(), "transform/standardize");
  shoal::TransformProxy standardize(made.object(), host.context());
  EXPECT_THROW(standardize.apply(host.context(), ConstArray(kPoints)), shoal::StateError);
  standardize.fit(host.context(), ConstArray(kPoints));
  const RowMatrix<double> zeros = RowMatrix<double>::Zero(1, 3);
  EXPECT_THAT([&] { standardize.apply(host.context(), ConstArray(zeros)); },
              ThrowsMessage<shoal::InputError>(HasSubstr("expected 2 columns, got 3")));
}

}  // namespace
