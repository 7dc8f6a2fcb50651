#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../common/made_component.h"
#include "idx_testing.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace {

using idx::testing::Bytes;
using idx::testing::operator+;
using idx::testing::TempFolder;
using shoal::testing::Host;
using shoal::testing::MadeComponent;
using testing::ElementsAre;

TEST(Idx, ServesFilesWithLabelsAndClassNames) {
  const TempFolder folder;
  Host host;
  const std::string images = folder.write("x", idx::testing::idx_header(8, {2, 3}) + Bytes{0, 51, 255, 1, 2, 3});
  const std::string labels = folder.write("y", idx::testing::idx_header(8, {2}) + Bytes{1, 0});
  MadeComponent made(host, shoal_plugin_v1, "dataset/idx",
                     {{"images", images},
                      {"labels", labels},
                      {"dtype", "float64"},
                      {"divide_by", 255},
                      {"class_names", std::vector<std::string>{"no", "yes"}}});
  shoal::DatasetProxy data(made.object());
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_THAT(info.shape, ElementsAre(3));
  EXPECT_THAT(info.class_names, ElementsAre("no", "yes"));
  const shoal::Array x = data.examples(host.context());
  EXPECT_EQ(x.view().matrix<double>()(0, 1), 51.0 / 255);
  const shoal::Array y = data.labels(host.context());
  EXPECT_THAT(y.view().vector<std::int64_t>(), ElementsAre(1, 0));
}

TEST(Idx, KeepsTheFilesTypeAndNeedsNoLabels) {
  const TempFolder folder;
  Host host;
  MadeComponent made(host, shoal_plugin_v1, "dataset/idx",
                     {{"images", folder.write("x", idx::testing::idx_header(8, {4, 2, 2}) + Bytes(16))}});
  shoal::DatasetProxy data(made.object());
  EXPECT_THROW(data.examples(host.context()).rows(), shoal::Error);  // not opened
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_EQ(info.dtype, shoal::DType::kUInt8);
  EXPECT_THAT(info.shape, ElementsAre(1, 2, 2));
  EXPECT_FALSE(info.labelled);
}

}  // namespace
