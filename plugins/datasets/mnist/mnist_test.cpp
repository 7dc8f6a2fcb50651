#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
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
using testing::HasSubstr;

// The repository's own data/ alone: these tests touch no network.
Host host_with_data() { return Host({.threads = 2, .data_folders = {{SHOAL_SOURCE_DATA}}}); }

std::int64_t sum(const std::vector<std::uint8_t>& values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

TEST(Mnist, TestSplitIsTheTenThousandDigitsThatWerePublished) {
  Host host = host_with_data();
  MadeComponent mnist(host, shoal_plugin_v1, "dataset/mnist", {{"split", "test"}});
  shoal::DatasetProxy data(mnist.object());
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_EQ(info.count, 10000);
  EXPECT_THAT(info.shape, ElementsAre(1, 28, 28));
  EXPECT_EQ(info.dtype, shoal::DType::kUInt8);
  EXPECT_EQ(info.class_names.size(), 10u);

  const shoal::Array labels = data.labels(host.context());
  const auto values = labels.view().vector<std::int64_t>();
  EXPECT_THAT(std::vector(values.begin(), values.begin() + 10), ElementsAre(7, 2, 1, 0, 4, 1, 4, 9, 5, 9));
  // Known of the test set: 980 zeros, 1135 ones, … 1009 nines (LeCun et al. 1998).
  std::vector<int> sizes(10);
  for (const std::int64_t label : values) ++sizes[static_cast<std::size_t>(label)];
  EXPECT_THAT(sizes, ElementsAre(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009));
}

TEST(Mnist, TrainSplitIsTheDefaultAndHasSixtyThousand) {
  Host host = host_with_data();
  MadeComponent mnist(host, shoal_plugin_v1, "dataset/mnist");
  shoal::DatasetProxy data(mnist.object());
  EXPECT_EQ(data.open(host.context()).count, 60000);
  const shoal::Array images = data.examples(host.context());
  // The mean pixel of the training set is 0.1307 of 255: the constant with which PyTorch's MNIST example standardises.
  const auto pixels = images.view().matrix<std::uint8_t>();
  EXPECT_NEAR(pixels.cast<double>().mean() / 255, 0.1307, 5e-5);
}

TEST(Mnist, FloatsAreTheBytesDividedBy255InTheOrderAsked) {
  Host host = host_with_data();
  MadeComponent bytes(host, shoal_plugin_v1, "dataset/mnist", {{"split", "test"}});
  MadeComponent floats(host, shoal_plugin_v1, "dataset/mnist", {{"split", "test"}, {"dtype", "float32"}});
  shoal::DatasetProxy a(bytes.object()), b(floats.object());
  a.open(host.context());
  EXPECT_EQ(b.open(host.context()).dtype, shoal::DType::kFloat32);
  const std::vector<shoal::Index> which = {9999, 0, 0, 4711};
  std::vector<std::uint8_t> x(4 * 784);
  std::vector<float> y(4 * 784);
  a.read(host.context(), which, shoal::MutableArray(x.data(), {4, 1, 28, 28}), {});
  b.read(host.context(), which, shoal::MutableArray(y.data(), {4, 1, 28, 28}), {});
  EXPECT_GT(sum(x), 0);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], static_cast<float>(x[i]) / 255.0f) << i;
  EXPECT_TRUE(std::equal(x.begin() + 784, x.begin() + 2 * 784, x.begin() + 2 * 784));
}

TEST(Mnist, AbsentFilesAreSaidWithEveryFolderAndWhatToDo) {
  Host host({.data_folders = {{"/nowhere/a", "/nowhere/b"}}});
  ASSERT_EQ(setenv("XDG_CACHE_HOME", "/nowhere/cache", 1), 0);
  MadeComponent mnist(host, shoal_plugin_v1, "dataset/mnist", {{"download", false}});
  shoal::DatasetProxy data(mnist.object());
  try {
    data.open(host.context());
    FAIL() << "opened what is nowhere";
  } catch (const shoal::InputError& error) {
    for (const char* part :
         {"mnist, split train", "/nowhere/a/mnist: no such folder", "/nowhere/a: no such folder", "/nowhere/b/mnist",
          "/nowhere/cache/shoal/data/mnist: no such folder", "'download' is false", "train-images-idx3-ubyte.gz",
          "train-labels-idx1-ubyte.gz", "--data", "'path'"})
      EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

}  // namespace
