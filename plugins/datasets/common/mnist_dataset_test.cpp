#include "mnist_dataset.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "idx_testing.h"
#include "sha256.h"
#include "shoal/testing.h"

namespace idx::testing {
namespace {

using shoal::testing::Host;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Bytes kImages = idx_header(8, {2, 2, 2}) + Bytes{1, 2, 3, 4, 5, 6, 7, 8};
const Bytes kLabels = idx_header(8, {2}) + Bytes{1, 0};

std::string sha256_of(const Bytes& bytes) {
  Sha256 digest;
  digest.add(bytes.data(), bytes.size());
  return digest.hex();
}

// A dataset "tiny" published at `mirror`; each test has a cache of its own.
class Tiny : public ::testing::Test {
 protected:
  Tiny() { setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1); }

  MnistSource source() const {
    const MnistSplit split{"images", sha256_of(kImages), "labels", sha256_of(kLabels)};
    return {.name = "tiny",
            .train = split,
            .test = split,
            .mirrors = {"file://" + (folder.path() / "mirror/").string()},
            .class_names = {"a", "b"}};
  }
  shoal::DatasetInfo open(const MnistParams& params = {}, const std::vector<std::string>& folders = {}) const {
    Host host({.data_folders = folders});
    MnistDataset data(source(), params);
    const shoal::DatasetInfo info = data.open(host.context());
    std::vector<std::uint8_t> image(4);
    data.read(host.context(), std::vector<shoal::Index>{1}, shoal::MutableArray(image.data(), {1, 1, 2, 2}), {});
    EXPECT_EQ(image[0], 5);
    return info;
  }
  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
  void put(const std::string& where) const {
    folder.write(where + "/images", kImages);
    folder.write(where + "/labels.gz", gzip(kLabels));
  }

  TempFolder folder;
};

TEST_F(Tiny, IsFoundInAFolderOfItsNameOrBesideTheOthersPackedOrNot) {
  put("one/tiny");
  EXPECT_EQ(open({.download = false}, {at("absent"), at("one")}).count, 2);
  put("two");
  EXPECT_EQ(open({.download = false}, {at("two")}).count, 2);
}

TEST_F(Tiny, IsDownloadedOnceIntoTheCache) {
  folder.write("mirror/images.gz", gzip(kImages));
  folder.write("mirror/labels.gz", gzip(kLabels));
  EXPECT_EQ(open().count, 2);
  EXPECT_TRUE(std::filesystem::exists(at("cache/shoal/data/tiny/images.gz")));
  std::filesystem::remove_all(at("mirror"));
  EXPECT_EQ(open().count, 2);  // from the cache
}

TEST_F(Tiny, ThatIsNowhereIsSaidWithEveryPlaceAndWhatToDo) {
  folder.write("half/images", kImages);
  const std::string said = message_of<shoal::InputError>([&] { open({}, {at("absent"), at("half")}); });
  EXPECT_THAT(said,
              AllOf(HasSubstr(at("absent/tiny") + ": no such folder"), HasSubstr(at("half") + ": no labels[.gz]\n"),
                    HasSubstr(at("cache/shoal/data/tiny") + ": no such folder"), HasSubstr("mirror/images.gz: "),
                    HasSubstr("put images.gz and labels.gz"), HasSubstr("'path'")));
}

TEST_F(Tiny, FromAMirrorWithOtherContentsIsRefused) {
  folder.write("mirror/images.gz", gzip(kLabels));
  EXPECT_THAT(message_of<shoal::InputError>([&] { open(); }),
              AllOf(HasSubstr(sha256_of(kLabels)), HasSubstr("expected " + sha256_of(kImages))));
  EXPECT_FALSE(std::filesystem::exists(at("cache/shoal/data/tiny/images.gz")));
}

TEST_F(Tiny, OfOtherContentsIsTakenFromPathAlone) {  // Fashion-MNIST's files have the same names as MNIST's
  const Bytes other = idx_header(8, {2, 2, 2}) + Bytes{9, 9, 9, 9, 5, 9, 9, 9};
  folder.write("other/images", other);
  folder.write("other/labels", kLabels);
  EXPECT_EQ(open({.path = at("other")}).count, 2);
  EXPECT_THAT(message_of<shoal::InputError>([&] { open({}, {at("other")}); }),
              AllOf(HasSubstr("another file of that name"), HasSubstr(sha256_of(other))));
}

TEST_F(Tiny, IsNotLookedForElsewhereWherePathIsGiven) {
  put("one");
  EXPECT_THAT(message_of<shoal::InputError>([&] { open({.path = at("absent")}, {at("one")}); }),
              AllOf(HasSubstr(at("absent") + ": no such folder"), Not(HasSubstr(at("one")))));
}

TEST_F(Tiny, CannotBeReadBeforeItIsOpened) {
  Host host;
  const MnistDataset data(source(), {});
  EXPECT_THROW(data.read(host.context(), {}, {}, {}), shoal::StateError);
}

}  // namespace
}  // namespace idx::testing
