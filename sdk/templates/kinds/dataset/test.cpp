#include <gmock/gmock.h>

#include <vector>

#include "shoal/dataset.h"
#include "shoal/testing_component.h"

namespace {

using shoal::Index;
using shoal::MutableArray;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

constexpr const char* kId = "dataset/@name@";

TEST(@class@, SaysWhatItHas) {
  Host host;
  const Made made(host.context(), kId, {{"examples", 7}, {"arms", 3}});
  const shoal::DatasetInfo info = shoal::DatasetProxy(made.object()).open(host.context());
  EXPECT_EQ(info.count, 7);
  EXPECT_THAT(info.shape, ElementsAre(2));
  EXPECT_THAT(info.class_names, ElementsAre("arm 0", "arm 1", "arm 2"));
}

// Two arms of two points, half a turn: the first points, at radius 5/8, have gone a quarter of a turn, from the right
// and from the left; the last ones, at radius 1, half of one.
TEST(@class@, WindsItsArmsAroundEachOther) {
  Host host;
  const Made made(host.context(), kId, {{"examples", 4}, {"arms", 2}, {"turns", 0.5}});
  shoal::DatasetProxy dataset(made.object());
  dataset.open(host.context());
  const RowMatrix<double> expected{{0, 0.625}, {0, -0.625}, {-1, 0}, {1, 0}};
  const shoal::Array points = dataset.examples(host.context());
  EXPECT_LT((points.view().matrix<double>() - expected).cwiseAbs().maxCoeff(), 1e-15);
  const shoal::Array labels = dataset.labels(host.context());
  EXPECT_THAT(labels.view().vector<Index>(), ElementsAre(0, 1, 0, 1));
}

TEST(@class@, GivesTheSameExampleByItsNumber) {
  Host host;
  const Made made(host.context(), kId, {{"examples", 100}});
  shoal::DatasetProxy dataset(made.object());
  dataset.open(host.context());
  const shoal::Array all = dataset.examples(host.context());
  RowMatrix<double> some(2, 2);
  const std::vector<Index> which{42, 7};
  dataset.read(host.context(), which, MutableArray(some), {});
  EXPECT_EQ(some.row(0), all.view().matrix<double>().row(42));
  EXPECT_EQ(some.row(1), all.view().matrix<double>().row(7));
}

TEST(@class@, NeedsAnExampleOfEveryClass) {
  Host host;
  EXPECT_THAT(
      [&] {
        Made(host.context(), kId, {{"examples", 2}, {"arms", 3}});
      },
      ThrowsMessage<shoal::InputError>("2 examples cannot have 3 classes"));
}

}  // namespace
