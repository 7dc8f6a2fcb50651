#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "../common/made_component.h"
#include "../common/temp_folder.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace {

using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::message_of;
using shoal::testing::TempFolder;
using shoal::testing::Values;
using testing::ElementsAre;
using testing::HasSubstr;

std::string write(const TempFolder& folder, const std::string& text) {
  return folder.write("x.csv", {text.begin(), text.end()});
}

TEST(Csv, ServesATableWithLabels) {
  const TempFolder folder;
  Host host;
  MadeComponent made(host, shoal_plugin_v1, "dataset/csv",
                     {{"path", write(folder, "w;h;kind\n1;2;b\n3;4;a\n")}, {"label", "kind"}, {"dtype", "float64"}});
  shoal::DatasetProxy data(made.object());
  EXPECT_THROW(data.examples(host.context()).rows(), shoal::StateError);
  EXPECT_THROW(data.view(host.context()), shoal::StateError);
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_EQ(info.count, 2);
  EXPECT_THAT(info.shape, ElementsAre(2));
  EXPECT_EQ(info.dtype, shoal::DType::kFloat64);
  EXPECT_THAT(info.class_names, ElementsAre("a", "b"));
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(1, 0));
  std::vector<double> row(2);
  data.read(host.context(), std::vector<shoal::Index>{1}, shoal::MutableArray(row.data(), {1, 2}), {});
  EXPECT_THAT(row, ElementsAre(3, 4));
  ASSERT_TRUE(data.view(host.context()));
  EXPECT_EQ(data.view(host.context())->matrix<double>()(0, 1), 2);
  EXPECT_THAT(host.log().back().text, HasSubstr("delimiter ';', 2 rows of 2 numbers, labels of 2 names"));
}

TEST(Csv, NeedsNoLabels) {
  const TempFolder folder;
  Host host;
  MadeComponent made(host, shoal_plugin_v1, "dataset/csv", {{"path", write(folder, "1\t2\n")}, {"delimiter", "tab"}});
  shoal::DatasetProxy data(made.object());
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_FALSE(info.labelled);
  EXPECT_EQ(info.dtype, shoal::DType::kFloat32);
  EXPECT_THROW(data.labels(host.context()).rows(), shoal::InputError);
}

TEST(Csv, RefusesFilesAndDelimitersThatAreNone) {
  const TempFolder folder;
  Host host;
  const auto refused = [&](const Values& values) {
    return message_of<shoal::InputError>([&] {
      MadeComponent made(host, shoal_plugin_v1, "dataset/csv", values);
      shoal::DatasetProxy(made.object()).open(host.context());
    });
  };
  EXPECT_THAT(refused({{"path", (folder.path() / "absent.csv").string()}}), HasSubstr("does not exist"));
  EXPECT_THAT(refused({{"path", folder.path().string()}}), HasSubstr("is a folder"));
  EXPECT_THAT(refused({{"path", write(folder, "")}}), HasSubstr("is empty"));
  EXPECT_THAT(refused({{"path", write(folder, "1,2\n")}, {"delimiter", "5"}}), HasSubstr("not '5'"));
  EXPECT_THAT(refused({{"path", write(folder, "1,2\n")}, {"delimiter", "--"}}), HasSubstr("not '--'"));
}

// testdata/frame.csv is what testdata/make.py wrote with pandas; the numbers are those of its frame.
TEST(Csv, ReadsBackWhatPandasWrote) {
  Host host;
  MadeComponent made(host, shoal_plugin_v1, "dataset/csv",
                     {{"path", "testdata/frame.csv"}, {"label", "species"}, {"missing", "drop"}, {"dtype", "float64"}});
  shoal::DatasetProxy data(made.object());
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_EQ(info.count, 4);  // of 5, one has a NaN
  EXPECT_THAT(info.shape, ElementsAre(3));
  EXPECT_THAT(info.class_names, ElementsAre("Iris \"setosa\"", "virginica, white", "ñandú"));
  const shoal::Array x = data.examples(host.context());
  const auto rows = x.view().matrix<double>();
  const double third = 1.0 / 3;
  EXPECT_THAT(
      std::vector<double>(rows.data(), rows.data() + 12),
      ElementsAre(0.1, -third, 1, 1e-300, 1.7976931348623157e308, 2, 5e-324, -0.0, 4, 123456789.123456789, 2e22, 5));
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(0, 1, 2, 0));
}

// Not a test: compare_pandas.py runs it and reads what it prints.
TEST(Csv, DISABLED_SecondsOfAReading) {
  const char* path = std::getenv("SHOAL_CSV");
  const char* threads = std::getenv("SHOAL_THREADS");
  if (path == nullptr || threads == nullptr) GTEST_SKIP() << "SHOAL_CSV names the file, SHOAL_THREADS a number";
  Host host({.threads = std::atoi(threads)});
  MadeComponent made(host, shoal_plugin_v1, "dataset/csv", {{"path", path}, {"dtype", "float64"}});
  shoal::DatasetProxy data(made.object());
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  data.open(host.context());
  const double cpu = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const auto view = data.view(host.context());
  ASSERT_TRUE(view);
  std::printf("seconds %.6f cpu %.6f sum %.17g\n", seconds.count(), cpu, view->matrix<double>().sum());
}

}  // namespace
