#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "../common/dataset_testing.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"
#include "zip_archive.h"

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

// testdata/ is what testdata/make.py wrote with numpy.savez; x is 0, 1/4, … 11/4 in rows of three, y is 2, 0, 1, 1.
class NpzTest : public shoal::testing::DatasetTest {
 protected:
  NpzTest() : DatasetTest("dataset/npz") {}
  std::vector<std::int64_t> labels(shoal::DatasetProxy& data) {
    const shoal::Array y = data.labels(host.context());
    const auto values = y.view().vector<std::int64_t>();
    return {values.begin(), values.end()};
  }
  template <typename Scalar>
  void expect_x(shoal::DatasetProxy& data) {
    ASSERT_EQ(info.count, 4);
    ASSERT_THAT(info.shape, ElementsAre(3));
    const shoal::Array x = data.examples(host.context());
    for (int i = 0; i < 12; ++i) EXPECT_EQ(x.view().data<Scalar>()[i], i / 4.0) << i;
  }
};

TEST_F(NpzTest, ReadsBackWhatNumPyWrote) {
  shoal::DatasetProxy& data = open({{"path", "testdata/stored.npz"}});
  EXPECT_EQ(info.dtype, shoal::DType::kFloat32);
  expect_x<float>(data);
  EXPECT_THAT(labels(data), ElementsAre(2, 0, 1, 1));
}

TEST_F(NpzTest, ReadsBackWhatNumPyWroteAndPacked) {
  shoal::DatasetProxy& data =
      open({{"path", "testdata/deflated.npz"}, {"class_names", std::vector<std::string>{"a", "b", "c"}}});
  EXPECT_EQ(info.dtype, shoal::DType::kFloat64);
  EXPECT_THAT(info.class_names, ElementsAre("a", "b", "c"));
  expect_x<double>(data);
  EXPECT_THAT(labels(data), ElementsAre(2, 0, 1, 1));
  ASSERT_TRUE(data.view(host.context()));  // what was unpacked lies in memory
  EXPECT_EQ(data.view(host.context())->matrix<double>()(3, 2), 2.75);
}

TEST_F(NpzTest, KeepsTheShapeOfImages) {
  shoal::DatasetProxy& data = open({{"path", "testdata/one.npz"}});
  EXPECT_THAT(info.shape, ElementsAre(1, 2, 2));
  EXPECT_FALSE(info.labelled);
  EXPECT_EQ(data.examples(host.context()).view().data<std::uint8_t>()[7], 7);
}

TEST_F(NpzTest, ReadsTheFieldsOfLargeArchives) { expect_x<float>(open({{"path", "testdata/zip64.npz"}})); }

TEST_F(NpzTest, TakesTheArraysThatAreNamed) {
  expect_x<float>(open({{"path", "testdata/keras.npz"}, {"examples", "x_train"}, {"labels", "y_train"}}));
  EXPECT_TRUE(info.labelled);
  open({{"path", "testdata/keras.npz"}, {"examples", "x_test"}});
  EXPECT_EQ(info.count, 1);
  EXPECT_FALSE(info.labelled);
  open({{"path", "testdata/stored.npz"}, {"labels", ""}});
  EXPECT_FALSE(info.labelled);
}

TEST_F(NpzTest, SaysWhatTheArchiveHoldsWhereItIsNotClear) {
  EXPECT_THAT(refusal({{"path", "testdata/keras.npz"}}),
              AllOf(HasSubstr("'examples' says which to take"), HasSubstr("'x_train' (4, 3) <f4, 'y_train' (4) <i8"),
                    HasSubstr("'note' (not to be read here)")));
  EXPECT_THAT(refusal({{"path", "testdata/keras.npz"}, {"examples", "z"}}),
              AllOf(HasSubstr("has no array 'z' ('examples')"), HasSubstr("'x_test' (1, 3) <f4")));
  EXPECT_THAT(refusal({{"path", "testdata/stored.npz"}, {"labels", "z"}}), HasSubstr("has no array 'z' ('labels')"));
  // Renaming 'y' to 'X' in both its headers makes two that could be the examples.
  Bytes both = bytes_of_file("testdata/stored.npz");
  const Bytes from = {'y', '.', 'n', 'p', 'y'};
  for (auto at = both.begin(); (at = std::search(at, both.end(), from.begin(), from.end())) != both.end();) *at = 'X';
  EXPECT_THAT(refusal({{"path", folder.write("both.npz", both)}}),
              HasSubstr("has both 'x' and 'X'; 'examples' says which"));
}

TEST_F(NpzTest, RefusesArraysThatDoNotFit) {
  const auto refused = [&](const std::string& x, const std::string& y) {
    return refusal({{"path", "testdata/keras.npz"}, {"examples", x}, {"labels", y}});
  };
  EXPECT_THAT(refused("y_train", ""), HasSubstr("keras.npz', array 'y_train' has shape (4)"));
  EXPECT_THAT(refused("x_train", "x_test"),
              HasSubstr("array 'x_test' holds numbers of type '<f4'; labels are integers"));
  EXPECT_THAT(refused("x_train", "y_test"), AllOf(HasSubstr("has 1 labels"), HasSubstr("has 4 examples")));
  EXPECT_THAT(refused("note", ""), HasSubstr("array 'note' holds numbers of type '<U4'"));
}

TEST_F(NpzTest, RefusesWhatIsNoArchive) {
  EXPECT_THAT(refusal({{"path", "absent.npz"}}), HasSubstr("does not exist"));
  EXPECT_THAT(refusal({{"path", folder.path().string()}}), HasSubstr("is a folder"));
  EXPECT_THAT(refusal({{"path", folder.write("x", {})}}), HasSubstr("is empty"));
  EXPECT_THAT(refusal({{"path", folder.write("x", {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})}}),
              HasSubstr("dataset/npy reads"));
  EXPECT_THAT(
      refusal({{"path", folder.write("x", {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})}}),
      HasSubstr("holds no arrays"));
}

TEST_F(NpzTest, CutShortAnywhereIsRefused) {
  for (const char* name : {"testdata/stored.npz", "testdata/deflated.npz", "testdata/zip64.npz"}) {
    const Bytes whole = bytes_of_file(name);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      SCOPED_TRACE(testing::Message() << name << " " << n);
      EXPECT_NE(
          refusal({{"path", folder.write("x", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)))}}),
          "");
    }
  }
}

TEST_F(NpzTest, WithAnyBitChangedIsReadAsItWasOrRefused) {  // CRC-32 sees to that; a crash ends this test
  for (const std::string name : {"stored.npz", "deflated.npz", "zip64.npz"}) {
    const Bytes whole = bytes_of_file("testdata/" + name);
    int as_it_was = 0, refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int bit : {0, 3, 7}) {
        SCOPED_TRACE(testing::Message() << name << ", byte " << at << ", bit " << bit);
        Bytes changed = whole;
        changed[at] ^= static_cast<std::uint8_t>(1 << bit);
        const std::string path = folder.write("x", changed);
        try {
          shoal::DatasetProxy& data = open({{"path", path}});
          name == "deflated.npz" ? expect_x<double>(data) : expect_x<float>(data);
          if (info.labelled) {
            EXPECT_THAT(labels(data), ElementsAre(2, 0, 1, 1));
          }
          ++as_it_was;
        } catch (const shoal::InputError& error) {
          EXPECT_THAT(error.what(), HasSubstr("'" + path + "'"));
          ++refused;
        }
      }
    }
    EXPECT_GT(as_it_was, 50) << name;  // times, versions and permissions may say what they like
    EXPECT_GT(refused, 500) << name;
  }
}

TEST_F(NpzTest, SizesThatCannotBeTakeNoMemory) {  // 2^40 bytes out of a few hundred
  Bytes file = bytes_of_file("testdata/zip64.npz");
  const Bytes entry = {'P', 'K', 1, 2};
  const auto at = std::search(file.begin(), file.end(), entry.begin(), entry.end());
  at[10] = 8;  // deflated
  at[46 + 8 + 4 + 5] = 1;
  EXPECT_THAT(refusal({{"path", folder.write("x", file)}}), HasSubstr("cannot have 10995"));
}

TEST_F(NpzTest, SaysThatItsFileChangedSinceItWasOpened) {
  const std::string path = folder.write("x.npz", bytes_of_file("testdata/stored.npz"));
  shoal::DatasetProxy& data = open({{"path", path}});
  std::filesystem::resize_file(path, 100);
  EXPECT_THAT(message_of<shoal::InputError>([&] { data.examples(host.context()); }),
              HasSubstr("changed while it was in use"));
}

TEST_F(NpzTest, MustBeOpenedFirst) {
  MadeComponent made(host, shoal_plugin_v1, "dataset/npz", {{"path", "testdata/stored.npz"}});
  EXPECT_THROW(shoal::DatasetProxy(made.object()).examples(host.context()).rows(), shoal::StateError);
  EXPECT_THROW(shoal::DatasetProxy(made.object()).view(host.context()), shoal::StateError);
}

}  // namespace
