#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "../common/made_component.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace {

using shoal::testing::Host;
using shoal::testing::MadeComponent;
using testing::ElementsAre;

// From Debian's package dataset-fashion-mnist, which the set-up installs; no network.
TEST(FashionMnist, HasAThousandOfEachOfTenClassesInItsTestSplit) {
  Host host({.threads = 2, .data_folders = {{"/usr/share/datasets"}}});
  MadeComponent fashion(host, shoal_plugin_v1, "dataset/fashion-mnist", {{"split", "test"}, {"download", false}});
  shoal::DatasetProxy data(fashion.object());
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_EQ(info.count, 10000);
  EXPECT_THAT(info.shape, ElementsAre(1, 28, 28));
  EXPECT_EQ(info.class_names[9], "Ankle boot");

  const shoal::Array labels = data.labels(host.context());
  std::vector<int> sizes(10);
  for (const std::int64_t label : labels.view().vector<std::int64_t>()) ++sizes[static_cast<std::size_t>(label)];
  EXPECT_THAT(sizes, testing::Each(1000));
  EXPECT_EQ(labels.view().vector<std::int64_t>()[0], 9);  // the first is an ankle boot, as its authors' figure shows
}

TEST(FashionMnist, HasSixtyThousandInItsTrainSplit) {
  Host host({.data_folders = {{"/usr/share/datasets"}}});
  MadeComponent fashion(host, shoal_plugin_v1, "dataset/fashion-mnist", {{"download", false}});
  shoal::DatasetProxy data(fashion.object());
  EXPECT_EQ(data.open(host.context()).count, 60000);
  const shoal::Array images = data.examples(host.context());
  EXPECT_NEAR(images.view().matrix<std::uint8_t>().cast<double>().mean() / 255, 0.2860,
              5e-5);  // the constant in common use
}

}  // namespace
