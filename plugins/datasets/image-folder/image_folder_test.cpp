#include <gmock/gmock.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "../common/dataset_testing.h"
#include "image_testing.h"
#include "load.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"

namespace images::testing {
namespace {

using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::message_of;
using shoal::testing::TempFolder;
using shoal::testing::Values;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImageFolderTest : public shoal::testing::DatasetTest {
 protected:
  ImageFolderTest() : DatasetTest("dataset/image-folder", 2) {}
  shoal::DatasetProxy& open(Values values = {}) {
    values.insert({"path", folder.path().string()});
    return DatasetTest::open(values);
  }
  std::string refusal(const Values& values = {}) {
    return message_of<shoal::InputError>([&] { open(values); });
  }
  void put(const std::string& where, const std::string& name) const { folder.write(where, contents(name)); }
};

TEST_F(ImageFolderTest, SubfoldersAreTheClassesSortedByName) {
  put("pear/1.png", "rgb.png");
  put("apple/deeper/2.JPG", "rgb.jpg");
  put("apple/10.png", "palette.png");
  folder.write("apple/.DS_Store", {1});
  folder.write("notes.txt", {1});
  shoal::DatasetProxy& data = open();
  EXPECT_EQ(info.count, 3);
  EXPECT_THAT(info.shape, ElementsAre(3, 9, 12));
  EXPECT_EQ(info.dtype, shoal::DType::kUInt8);
  EXPECT_THAT(info.class_names, ElementsAre("apple", "pear"));
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(0, 0, 1));
  EXPECT_THAT(host.log().back().text, HasSubstr("1 files end in none of"));
  const auto view = data.view(host.context());
  ASSERT_TRUE(view);
  const auto rows = view->flattened().matrix<std::uint8_t>();
  const Bytes palette = contents("palette.png.raw"), jpeg = contents("rgb.jpg.raw"), png = contents("rgb.png.raw");
  for (int c = 0; c < 3; ++c) {
    for (int p = 0; p < 9 * 12; ++p) {  // channel after channel, as PyTorch has them
      const auto at = static_cast<std::size_t>(3 * p + c);
      EXPECT_EQ(rows(0, c * 108 + p), palette[at]);
      EXPECT_EQ(rows(1, c * 108 + p), jpeg[at]);
      EXPECT_EQ(rows(2, c * 108 + p), png[at]);
    }
  }
}

TEST_F(ImageFolderTest, FilesAreTakenInTheOrderGiven) {
  put("b.png", "grey.png");
  put("a.png", "bits.png");
  folder.write("c", {'P', '5', '\n', '1', '2', ' ', '9', ' ', '1', '\n'});
  const auto named = [&](const std::string& name) { return (folder.path() / name).string(); };
  const auto opened = [&](const std::vector<std::string>& files) {
    MadeComponent made(host, shoal_plugin_v1, "dataset/image-folder", {{"path", ""}, {"files", files}});
    shoal::DatasetProxy data(made.object());
    const shoal::DatasetInfo found = data.open(host.context());
    EXPECT_FALSE(found.labelled);
    const shoal::Array x = data.examples(host.context());
    const auto* bytes = x.view().data<std::uint8_t>();
    return Bytes(bytes, bytes + x.view().size());
  };
  Bytes both = contents("grey.png.raw");
  const Bytes second = contents("bits.png.raw");
  both.insert(both.end(), second.begin(), second.end());
  EXPECT_EQ(opened({named("b.png"), named("a.png")}), both);
  EXPECT_THAT(message_of<shoal::InputError>([&] { opened({named("c")}); }),
              HasSubstr("c' cannot be decoded: it is cut short"));
  EXPECT_THAT(message_of<shoal::InputError>([&] { opened({}); }), HasSubstr("'path' or 'files'"));
  EXPECT_THAT(refusal({{"files", std::vector<std::string>{named("a.png")}}}), HasSubstr("not both"));
}

TEST_F(ImageFolderTest, LinksToFoldersAreFollowedButNotRoundAndRound) {
  namespace fs = std::filesystem;
  TempFolder elsewhere;
  elsewhere.write("one.png", contents("rgb.png"));
  put("apple/1.png", "rgb.png");
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "pear");
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "apple/deeper");
  shoal::DatasetProxy& data = open();
  EXPECT_THAT(info.class_names, ElementsAre("apple", "pear"));
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(0, 0, 1));
  fs::create_directory_symlink(folder.path(), folder.path() / "apple/round");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("apple/round' is a link to '"), HasSubstr("in which it lies")));
  fs::remove(folder.path() / "apple/round");
  fs::create_directory_symlink(elsewhere.path(), elsewhere.path() / "again");
  EXPECT_THAT(refusal(), HasSubstr("deeper/again' is a link to '"));
}

TEST_F(ImageFolderTest, AFlatFolderHasNoLabels) {
  put("b.png", "grey.png");
  put("a.png", "bits.png");
  shoal::DatasetProxy& data = open();
  EXPECT_FALSE(info.labelled);
  EXPECT_THAT(info.shape, ElementsAre(1, 9, 12));
  std::vector<std::uint8_t> pixels(108);
  data.read(host.context(), std::vector<shoal::Index>{1}, shoal::MutableArray(pixels.data(), {1, 1, 9, 12}), {});
  EXPECT_EQ(pixels, contents("grey.png.raw"));
}

TEST_F(ImageFolderTest, SaysHowManyLostTheirColour) {
  put("a.png", "rgb.png");
  put("b.png", "grey.png");
  open({{"channels", 1}});
  EXPECT_THAT(host.log().back().text, HasSubstr("1 images are in colour and became grey"));
}

TEST_F(ImageFolderTest, ImagesThatDifferAreRefusedUnlessTheyAreMadeAlike) {
  put("a.png", "rgb.png");
  put("b.png", "grey.png");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("b.png' is grey, but"), HasSubstr("a.png' is in colour; channels: 1 or 3")));
  open({{"channels", 1}});
  EXPECT_THAT(info.shape, ElementsAre(1, 9, 12));
  open({{"channels", 3}, {"size", std::vector<std::int64_t>{4, 5}}});
  EXPECT_THAT(info.shape, ElementsAre(3, 4, 5));
}

TEST_F(ImageFolderTest, TheFirstOfAnotherSizeIsNamedWithBoth) {
  // Pillow 13.0: Image.fromarray(numpy.arange(1, 7, dtype='u1').reshape(2, 3)).save(f, 'PNG')
  put("a.png", "grey.png");
  folder.write("b.png", {137, 80, 78, 71,  13,  10, 26,  10,  0,   0,   0,   13,  73,  72,  68, 82, 0,  0,  0,
                         3,   0,  0,  0,   2,   8,  0,   0,   0,   0,   184, 31,  57,  198, 0,  0,  0,  16, 73,
                         68,  65, 84, 120, 156, 99, 100, 100, 100, 100, 97,  102, 100, 4,   0,  0,  62, 0,  14,
                         180, 78, 63, 127, 0,   0,  0,   0,   73,  69,  78,  68,  174, 66,  96, 130});
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr("b.png' is 2 high and 3 wide, but '"), HasSubstr("a.png' is 9 and 12; size: [H, W]")));
  shoal::DatasetProxy& data = open({{"size", std::vector<std::int64_t>{2, 3}}, {"resize", "bilinear"}});
  EXPECT_THAT(info.shape, ElementsAre(1, 2, 3));
  const shoal::Array x = data.examples(host.context());
  const std::uint8_t* small = x.view().data<std::uint8_t>() + 6;
  EXPECT_THAT(std::vector<int>(small, small + 6), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(ImageFolderTest, BrokenFilesAreRefusedOrLeftOutAndCounted) {
  put("x/a.png", "rgb.png");
  Bytes cut = contents("rgb.png");
  cut.erase(cut.end() - 20, cut.end());
  folder.write("x/b.png", cut);
  folder.write("y/c.png", {});
  put("y/d.jpg", "rgb.jpg");
  EXPECT_THAT(refusal(), HasSubstr("c.png' cannot be decoded: '"));  // headers come first
  std::filesystem::remove(folder.path() / "y/c.png");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("x/b.png' cannot be decoded: it is cut short"), HasSubstr("broken: skip")));
  folder.write("y/c.png", {'t', 'e', 'x', 't'});
  shoal::DatasetProxy& data = open({{"broken", "skip"}});
  EXPECT_EQ(info.count, 2);
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(0, 1));
  EXPECT_THAT(host.log().back().text, HasSubstr("2 of 4 images cannot be decoded and were left out"));
  const auto view = data.view(host.context());
  EXPECT_EQ(view->flattened().matrix<std::uint8_t>()(1, 0), contents("rgb.jpg.raw")[0]);
}

TEST_F(ImageFolderTest, FoldersWithoutGoodImagesAreRefused) {
  EXPECT_THAT(refusal(), HasSubstr("has no images (.png, .jpg, .jpeg, .pgm, .ppm)"));
  folder.write("a.png", {'x'});
  EXPECT_THAT(refusal({{"broken", "skip"}}), HasSubstr("none of 1 images can be decoded"));
  put("a.png", "rgb.png");
  std::filesystem::create_directory(folder.path() / "empty");
  EXPECT_THAT(refusal(), HasSubstr("empty' has no images"));
  put("empty/b.png", "rgb.png");
  EXPECT_THAT(refusal(), HasSubstr("has images in itself ('a.png') and in subfolders ('empty')"));
  const auto refused = [&](const std::string& path) {
    MadeComponent made(host, shoal_plugin_v1, "dataset/image-folder", {{"path", path}});
    return message_of<shoal::InputError>([&] { shoal::DatasetProxy(made.object()).open(host.context()); });
  };
  EXPECT_THAT(refused((folder.path() / "absent").string()), HasSubstr("does not exist"));
  EXPECT_THAT(refused((folder.path() / "a.png").string()), HasSubstr("is a file, not a folder"));
}

TEST_F(ImageFolderTest, ParametersThatMakeNoSenseAreRefused) {
  put("a.png", "rgb.png");
  EXPECT_THAT(refusal({{"size", std::vector<std::int64_t>{4}}}), HasSubstr("not 1 numbers"));
  EXPECT_THAT(refusal({{"channels", 2}}), HasSubstr("is 1 or 3, not 2"));
}

TEST_F(ImageFolderTest, CanBeStoppedAndMustBeOpenedFirst) {
  put("a.png", "rgb.png");
  Host stopped({.cancel_after = 1});
  const Listing listing = list_images(folder.path());
  EXPECT_THROW(load_images(stopped.context(), listing, {}), shoal::Cancelled);
  MadeComponent made(host, shoal_plugin_v1, "dataset/image-folder", {{"path", folder.path().string()}});
  EXPECT_THROW(shoal::DatasetProxy(made.object()).view(host.context()), shoal::StateError);
  EXPECT_THROW(shoal::DatasetProxy(made.object()).examples(host.context()).rows(), shoal::StateError);
}

}  // namespace
}  // namespace images::testing
