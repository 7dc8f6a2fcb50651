#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../common/idx_testing.h"
#include "../common/made_component.h"
#include "sha256.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "shoal/plugin.h"
#include "source.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace cifar {
namespace {

using idx::testing::gzip;
using shoal::Index;
using shoal::testing::Bytes;
using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::message_of;
using shoal::testing::TempFolder;
using shoal::testing::operator+;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Records of these classes; the bytes of each image count up from its class times 10.
Bytes records(const std::vector<int>& classes) {
  Bytes out;
  for (const int label : classes) {
    out.push_back(static_cast<std::uint8_t>(label));
    for (int i = 0; i < 3072; ++i) out.push_back(static_cast<std::uint8_t>(10 * label + i));
  }
  return out;
}

/// A member of a tar archive, its header as POSIX.1 (ustar) says it.
Bytes tar_member(const std::string& name, const Bytes& contents) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char number[12];
  std::snprintf(number, sizeof(number), "%011zo", contents.size());
  header.replace(124, 11, number);
  header[156] = '0';
  header.replace(257, 5, "ustar");
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(number, sizeof(number), "%06o", sum);
  header.replace(148, 7, number, 7);
  Bytes out(header.begin(), header.end());
  out = out + contents;
  out.resize((out.size() + 511) / 512 * 512);
  return out;
}
Bytes tar(const std::vector<std::pair<std::string, Bytes>>& members) {
  Bytes out;
  for (const auto& [name, contents] : members) out = out + tar_member("cifar-10-batches-bin/" + name, contents);
  out.resize(out.size() + 1024);
  return out;
}
const Bytes kArchive = tar({{"batches.meta.txt", {'a'}},
                            {"data_batch_1.bin", records({0})},
                            {"data_batch_5.bin", records({4})},
                            {"readme.html", {}},
                            {"data_batch_2.bin", records({1})},
                            {"data_batch_3.bin", records({2})},
                            {"data_batch_4.bin", records({3})},
                            {"test_batch.bin", records({9})}});

std::string sha256_of(const Bytes& bytes) {
  idx::Sha256 digest;
  digest.add(bytes.data(), bytes.size());
  return digest.hex();
}

/// The dataset over small files of the form; each test has a cache of its own.
class Cifar : public testing::Test {
 protected:
  Cifar() { setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1); }

  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
  Published published() const {
    return {.archive = "small.tar.gz",
            .sha256 = sha256_of(packed),
            .bytes = static_cast<std::int64_t>(packed.size()),
            .urls = {"file://" + at("mirror/small.tar.gz")},
            .batch_records = 1};
  }
  /// The classes of a split.
  std::vector<int> classes(const SourceOptions& options, const std::vector<std::string>& folders = {}) const {
    Host host({.data_folders = folders});
    const Records all = read_split(host.context(), published(), options);
    std::vector<int> out;
    for (std::size_t i = 0; i < all.size(); i += kRecordBytes) out.push_back(all[i]);
    return out;
  }
  std::string refusal(const SourceOptions& options, const std::vector<std::string>& folders = {}) const {
    return message_of<shoal::InputError>([&] { classes(options, folders); });
  }
  void put_files(const std::string& where) const {
    for (int i = 0; i < 5; ++i) folder.write(where + "/data_batch_" + std::to_string(i + 1) + ".bin", records({i}));
    folder.write(where + "/test_batch.bin", records({9}));
  }

  TempFolder folder;
  const Bytes packed = gzip(kArchive);
};

TEST_F(Cifar, IsServedWithLabelsAndClassNames) {
  Host host;
  folder.write("own/test_batch.bin", records({3, 9, 0}));
  MadeComponent made(host, shoal_plugin_v1, "dataset/cifar10", {{"split", "test"}, {"path", at("own")}});
  shoal::DatasetProxy data(made.object());
  EXPECT_THROW(data.examples(host.context()).rows(), shoal::StateError);
  EXPECT_THROW(data.view(host.context()), shoal::StateError);
  const shoal::DatasetInfo info = data.open(host.context());
  EXPECT_EQ(info.count, 3);
  EXPECT_THAT(info.shape, ElementsAre(3, 32, 32));
  EXPECT_EQ(info.class_names[3], "cat");
  EXPECT_THAT(data.labels(host.context()).view().vector<std::int64_t>(), ElementsAre(3, 9, 0));
  const auto view = data.view(host.context());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->stride(0), 3073);
  EXPECT_EQ(view->flattened().matrix<std::uint8_t>()(1, 5), 95);
  const shoal::Array x = data.examples(host.context());
  EXPECT_EQ(x.view().data<std::uint8_t>()[3072 + 5], 95);
}

TEST_F(Cifar, FloatsAreTheBytesDividedBy255) {
  Host host;
  folder.write("own/test_batch.bin", records({3, 9}));
  MadeComponent made(host, shoal_plugin_v1, "dataset/cifar10",
                     {{"split", "test"}, {"path", at("own")}, {"dtype", "float32"}});
  shoal::DatasetProxy data(made.object());
  EXPECT_EQ(data.open(host.context()).dtype, shoal::DType::kFloat32);
  EXPECT_FALSE(data.view(host.context()));
  std::vector<float> x(2 * 3072);
  data.read(host.context(), std::vector<Index>{1, 0}, shoal::MutableArray(x.data(), {2, 3, 32, 32}), {});
  EXPECT_EQ(x[5], 95 / 255.0f);
  EXPECT_EQ(x[3072 + 3071], static_cast<float>((30 + 3071) % 256) / 255.0f);
}

TEST_F(Cifar, IsFoundAsFilesOrAsTheArchive) {
  put_files("files/cifar10/cifar-10-batches-bin");
  EXPECT_THAT(classes({}, {at("absent"), at("files")}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(classes({.split = "test"}, {at("files/cifar10")}), ElementsAre(9));
  folder.write("packed/small.tar.gz", packed);
  EXPECT_THAT(classes({}, {at("packed")}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(classes({.split = "test"}, {at("packed")}), ElementsAre(9));
  EXPECT_THAT(classes({.path = at("packed")}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(classes({.path = at("packed/small.tar.gz")}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(classes({.path = folder.write("plain.tar", kArchive)}), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(Cifar, IsDownloadedOnceIntoTheCache) {
  folder.write("mirror/small.tar.gz", packed);
  EXPECT_THAT(classes({}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_TRUE(std::filesystem::exists(at("cache/shoal/data/cifar10/small.tar.gz")));
  std::filesystem::remove_all(at("mirror"));
  EXPECT_THAT(classes({.split = "test"}), ElementsAre(9));  // from the cache
}

TEST_F(Cifar, ThatIsNowhereIsSaidWithEveryPlaceAndWhatToDo) {
  folder.write("half/data_batch_1.bin", records({0}));
  EXPECT_THAT(refusal({}, {at("absent"), at("half")}),
              AllOf(HasSubstr(at("absent/cifar10") + ": no such folder"),
                    HasSubstr(at("half") + ": no data_batch_2.bin[.gz], no"), HasSubstr("mirror/small.tar.gz: "),
                    HasSubstr("put small.tar.gz into a folder 'cifar10'")));
  EXPECT_THAT(refusal({.download = false}), HasSubstr("'download' is false"));
  EXPECT_THAT(refusal({.path = at("half")}), HasSubstr("'path' has neither small.tar.gz nor the files"));
}

TEST_F(Cifar, OfOtherContentsIsTakenFromPathAlone) {
  const Bytes other = gzip(tar({{"test_batch.bin", records({5, 6})}}));
  folder.write("mirror/small.tar.gz", other);
  EXPECT_THAT(refusal({}), AllOf(HasSubstr(sha256_of(other)), HasSubstr("expected " + sha256_of(packed))));
  EXPECT_FALSE(std::filesystem::exists(at("cache/shoal/data/cifar10/small.tar.gz")));
  EXPECT_THAT(refusal({}, {at("mirror")}), AllOf(HasSubstr("another file of that name"), HasSubstr(sha256_of(other))));
  EXPECT_THAT(classes({.split = "test", .path = at("mirror")}), ElementsAre(5, 6));
  folder.write("longer/test_batch.bin", records({5, 6}));
  EXPECT_THAT(refusal({.split = "test"}, {at("longer")}), HasSubstr("have 2 records, but CIFAR-10's test split 1"));
}

TEST_F(Cifar, FilesThatAreNoRecordsAreRefused) {
  const auto refused = [&](const Bytes& bytes) {
    folder.write("own/test_batch.bin", bytes);
    return refusal({.split = "test", .path = at("own")});
  };
  EXPECT_THAT(refused({}), HasSubstr("test_batch.bin' is empty"));
  EXPECT_THAT(refused(Bytes(3072)), HasSubstr("has 3072 bytes, which are 0 records of 3073 and 3072 bytes more"));
  EXPECT_THAT(refused(records({1, 10})), HasSubstr("has class 10 in record 1 (byte 3073); classes are 0 to 9"));
  Bytes cut = gzip(records({1, 2}));
  cut.resize(cut.size() / 2);
  EXPECT_THAT(refused(cut), HasSubstr("is cut short"));
}

TEST_F(Cifar, ArchivesThatAreNoneAreRefused) {
  const auto refused = [&](const Bytes& bytes) {
    return refusal({.split = "test", .path = folder.write("own.tar", bytes)});
  };
  EXPECT_THAT(refused({}), HasSubstr("it ends within a header, at byte 0"));
  EXPECT_THAT(refused(Bytes(600, 'x')), HasSubstr("is no tar archive"));
  EXPECT_THAT(refused(tar({{"readme.html", {}}})), HasSubstr("has no member 'test_batch.bin'"));
  EXPECT_THAT(refused(tar({{"test_batch.bin", records({11})}})), HasSubstr("member 'test_batch.bin', has class 11"));
  std::string huge(512, '\0');  // 8 GiB less one byte, in a file of 512
  huge.replace(0, 14, "test_batch.bin");
  huge.replace(124, 11, "77777777777");
  huge[156] = '0';
  huge.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : huge) sum += static_cast<unsigned char>(c);
  char number[8];
  std::snprintf(number, sizeof(number), "%06o", sum);
  huge.replace(148, 7, number, 7);
  EXPECT_THAT(refused(Bytes(huge.begin(), huge.end())), HasSubstr("it ends within 'test_batch.bin'"));
}

TEST_F(Cifar, ArchivesCutShortOrChangedAreReadOrRefused) {  // and nothing else: a crash ends this test
  const Bytes whole = tar({{"readme.html", {'a'}}, {"test_batch.bin", records({7})}});
  for (std::size_t n = 0; n < 512 * 3 + 3073; n += n < 1600 ? 1 : 97) {
    SCOPED_TRACE(n);
    EXPECT_NE(refusal({.split = "test",
                       .path = folder.write("own.tar",
                                            Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)))}),
              "");
  }
  int refused = 0;
  for (std::size_t at_byte = 0; at_byte < 512; ++at_byte) {
    for (const int bit : {0, 2, 7}) {
      Bytes changed = whole;
      changed[1024 + at_byte] ^= static_cast<std::uint8_t>(1 << bit);  // in the second header
      try {
        EXPECT_THAT(classes({.split = "test", .path = folder.write("own.tar", changed)}), ElementsAre(7));
      } catch (const shoal::InputError&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 1400);  // its sum sees nearly all
}

}  // namespace
}  // namespace cifar
