#include <gmock/gmock.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "../common/dataset_testing.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"
#include "vecs_file.h"

namespace {

using shoal::testing::Bytes;
using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::message_of;
using shoal::testing::TempFolder;
using shoal::testing::Values;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// testdata/ is what testdata/make.py wrote with NumPy: x is 0, 1/4, … 11/4 in rows of three, y is 2, 0, 1, 1.
class FvecsTest : public shoal::testing::DatasetTest {
 protected:
  FvecsTest() : DatasetTest("dataset/fvecs") {}
};

TEST_F(FvecsTest, ServesFloatsWhereTheyLie) {
  shoal::DatasetProxy& data = open({{"path", "testdata/x.fvecs"}, {"labels", "testdata/y.ivecs"}});
  EXPECT_EQ(info.count, 4);
  EXPECT_THAT(info.shape, ElementsAre(3));
  EXPECT_EQ(info.dtype, shoal::DType::kFloat32);
  const auto view = data.view(host.context());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->stride(0), 4);  // three numbers and what stands before the next
  const shoal::Array copy = data.examples(host.context());
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(view->matrix<float>()(i / 3, i % 3), static_cast<float>(i) / 4);
    EXPECT_EQ(copy.view().data<float>()[i], static_cast<float>(i) / 4);
  }
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(2, 0, 1, 1));
}

TEST_F(FvecsTest, ServesBytesWhereTheyLie) {
  shoal::DatasetProxy& data = open({{"path", "testdata/x.bvecs"}});
  EXPECT_EQ(info.dtype, shoal::DType::kUInt8);
  EXPECT_FALSE(info.labelled);
  const auto view = data.view(host.context());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->stride(0), 7);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(view->matrix<std::uint8_t>()(i / 3, i % 3), 5 * i);
}

TEST_F(FvecsTest, RefusesFilesThatDoNotFit) {
  EXPECT_THAT(refusal({{"path", "testdata/make.py"}}), HasSubstr("ends in neither .fvecs, .bvecs nor .ivecs"));
  EXPECT_THAT(refusal({{"path", "testdata/y.ivecs"}}), HasSubstr("examples are .fvecs or .bvecs"));
  EXPECT_THAT(refusal({{"path", "testdata/x.fvecs"}, {"labels", "testdata/neighbors.ivecs"}}),
              HasSubstr("has 2 numbers in each vector, as ground truth"));
  EXPECT_THAT(refusal({{"path", "testdata/x.fvecs"}, {"labels", "testdata/x.fvecs"}}),
              HasSubstr("labels are .ivecs or .bvecs"));
  const Bytes one = {1, 0, 0, 0, 3, 0, 0, 0};
  EXPECT_THAT(refusal({{"path", "testdata/x.fvecs"}, {"labels", folder.write("y.ivecs", one)}}),
              AllOf(HasSubstr("has 1 labels"), HasSubstr("has 4 examples")));
  EXPECT_THAT(refusal({{"path", "absent.fvecs"}}), HasSubstr("does not exist"));
  EXPECT_THAT(refusal({{"path", folder.write("x.fvecs", {})}}), HasSubstr("is empty"));
  std::filesystem::create_directory(folder.path() / "folder.fvecs");
  EXPECT_THAT(refusal({{"path", (folder.path() / "folder.fvecs").string()}}), HasSubstr("is a folder"));
  EXPECT_THAT(refusal({{"path", folder.write("x.fvecs", bytes_of_file("testdata/x.bvecs"))}}),
              HasSubstr("1 vectors of 3 numbers (16 bytes each) and 12 bytes more"));
}

TEST_F(FvecsTest, RefusesDimensionsThatCannotBe) {
  const auto refused = [&](const Bytes& bytes) { return refusal({{"path", folder.write("x.fvecs", bytes)}}); };
  EXPECT_THAT(refused({0, 0, 0, 0}), HasSubstr("has 0 numbers; 1 to 1048576"));
  EXPECT_THAT(refused({255, 255, 255, 255}), HasSubstr("has -1 numbers"));
  EXPECT_THAT(refused({255, 255, 255, 127}), HasSubstr("has 2147483647 numbers"));
  EXPECT_THAT(refused({'P', 'A', 'R', '1', 0}), HasSubstr("Parquet"));
  EXPECT_THAT(refused({1, 0, 0, 0, 9, 9}),
              HasSubstr("6 bytes, which are 0 vectors of 1 numbers (8 bytes each) and 6 bytes more"));
}

TEST_F(FvecsTest, CutShortAnywhereButBetweenVectorsIsRefused) {
  const Bytes whole = bytes_of_file("testdata/x.fvecs");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    SCOPED_TRACE(n);
    const std::string path =
        folder.write("x.fvecs", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
    if (n > 0 && n % 16 == 0) {
      EXPECT_EQ(open({{"path", path}}).info().count, static_cast<shoal::Index>(n / 16));
    } else {
      EXPECT_NE(refusal({{"path", path}}), "");
    }
  }
}

TEST_F(FvecsTest, AnyDimensionThatDiffersIsRefusedWithItsRow) {
  const Bytes whole = bytes_of_file("testdata/x.fvecs");
  for (std::size_t row = 1; row < 4; ++row) {
    for (std::size_t byte = 0; byte < 4; ++byte) {
      Bytes changed = whole;
      changed[16 * row + byte] ^= 128;
      EXPECT_THAT(refusal({{"path", folder.write("x.fvecs", changed)}}),
                  HasSubstr("3 numbers in its first vector, but at row " + std::to_string(row) + " (byte " +
                            std::to_string(16 * row) + ")"));
    }
  }
}

TEST_F(FvecsTest, NamesTheFirstRowOfManyWhateverTheThreads) {  // 20000 vectors of one byte
  std::string file;
  for (int i = 0; i < 20000; ++i) file += std::string("\1\0\0\0\7", 5);
  for (const int row : {19999, 12345, 4096}) {
    file[static_cast<std::size_t>(5 * row)] = 2;
    for (const int threads : {1, 3}) {
      Host many({.threads = threads});
      EXPECT_THAT(
          message_of<shoal::InputError>([&] { fvecs::read_vectors(many.context(), file, fvecs::Kind::kByte, "x"); }),
          HasSubstr("at row " + std::to_string(row) + " "));
    }
  }
}

TEST_F(FvecsTest, LooksAtLabelsWhenTheyAreRead) {
  const Bytes labels = {1, 0, 0, 0, 255, 255, 255, 255};
  const Bytes one = bytes_of_file("testdata/x.fvecs");
  shoal::DatasetProxy& data = open({{"path", folder.write("x.fvecs", Bytes(one.begin(), one.begin() + 16))},
                                    {"labels", folder.write("y.ivecs", labels)}});
  EXPECT_THAT(message_of<shoal::InputError>([&] { data.labels(host.context()); }),
              HasSubstr("y.ivecs' has label -1 at row 0"));
}

TEST_F(FvecsTest, MustBeOpenedFirst) {
  MadeComponent made(host, shoal_plugin_v1, "dataset/fvecs", {{"path", "testdata/x.fvecs"}});
  EXPECT_THROW(shoal::DatasetProxy(made.object()).examples(host.context()).rows(), shoal::StateError);
  EXPECT_THROW(shoal::DatasetProxy(made.object()).view(host.context()), shoal::StateError);
}

}  // namespace
