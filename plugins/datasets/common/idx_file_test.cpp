#include "idx_file.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "idx_testing.h"
#include "shoal/random.h"

namespace idx::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Both ways to look at a file must find the same fault.
std::string fault(const std::string& path) {
  const std::string loaded = message_of<shoal::InputError>([&] { load_idx(path); });
  EXPECT_THAT(loaded, HasSubstr("'" + path + "'"));
  return loaded;
}
std::string fault_at_open(const std::string& path) {
  const std::string opened = message_of<shoal::InputError>([&] { read_idx_header(path); });
  EXPECT_EQ(opened, fault(path));
  return opened;
}

const Bytes kImages = idx_header(0x08, {3, 2, 2}) + counting(12);

TEST(IdxFile, IsReadPlainAndGzippedWhateverItsName) {
  const TempFolder folder;
  for (const Bytes& bytes : {kImages, gzip(kImages)}) {
    const std::string path = folder.write("images.dat", bytes);
    EXPECT_THAT(read_idx_header(path).shape, ElementsAre(3, 2, 2));
    const IdxFile file = load_idx(path);
    EXPECT_EQ(file.header, read_idx_header(path));
    EXPECT_EQ(file.data, counting(12));
  }
}

TEST(IdxFile, MayBeGzipOfSeveralMembers) {  // as `cat a.gz b.gz` and parallel packers make it
  const TempFolder folder;
  const Bytes first(kImages.begin(), kImages.begin() + 20), second(kImages.begin() + 20, kImages.end());
  const std::string path = folder.write("images.gz", gzip(first) + gzip(second));
  EXPECT_EQ(read_idx_header(path).data_bytes, 12u);
  EXPECT_EQ(load_idx(path).data, counting(12));
}

TEST(IdxFile, OfManyBytesIsReadPieceByPiece) {  // zeros pack 1000 to 1: far more than the first piece
  const TempFolder folder;
  const Bytes zeros(5'000'000);
  const std::string path = folder.write("zeros.gz", gzip(idx_header(0x08, {5000, 1000}) + zeros));
  EXPECT_EQ(load_idx(path).data, zeros);
}

TEST(IdxFile, DigestIsThatOfTheUnpackedBytes) {
  const TempFolder folder;
  // sha256 of the 9 bytes 00 00 08 01 00 00 00 01 2a, by `printf '\0\0\010\1\0\0\0\1*' | sha256sum`.
  const std::string path = folder.write("one.gz", gzip({0, 0, 8, 1, 0, 0, 0, 1, 42}));
  Sha256 digest;
  load_idx(path, &digest);
  EXPECT_EQ(digest.hex(), "6855a6ab42c2b92a61e729a61ec012ebc72e471ee68893d2155abf85e6280daf");
}

TEST(IdxFile, ThatIsTruncatedIsRefusedWithBothNumbers) {
  const TempFolder folder;
  const Bytes plain(kImages.begin(), kImages.end() - 5);
  EXPECT_THAT(fault_at_open(folder.write("plain", plain)),
              AllOf(HasSubstr("(3, 2, 2) uint8"), HasSubstr("takes 12 bytes"), HasSubstr("only 7 bytes")));
  Bytes packed = gzip(idx_header(0x08, {3, 2, 2}) + Bytes{5, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8});
  packed.resize(packed.size() - 12);  // the trailer of 8 bytes, and some data
  EXPECT_THAT(fault_at_open(folder.write("packed.gz", packed)),
              AllOf(HasSubstr("truncated"), HasSubstr("ends in the middle")));
  packed = gzip(kImages);
  packed.resize(packed.size() - 8);  // all data, no trailer
  EXPECT_THAT(fault_at_open(folder.write("trailer.gz", packed)),
              AllOf(HasSubstr("12 bytes"), HasSubstr("ends in the middle")));
  EXPECT_THAT(fault_at_open(folder.write("header", {0, 0, 8, 3, 0, 0})),
              AllOf(HasSubstr("16 bytes"), HasSubstr("only 6")));
}

TEST(IdxFile, WithSomethingBehindItIsRefused) {
  const TempFolder folder;
  EXPECT_THAT(fault_at_open(folder.write("plain", kImages + Bytes{1, 2, 3})),
              AllOf(HasSubstr("too long"), HasSubstr("12 bytes"), HasSubstr("15 bytes")));
  EXPECT_THAT(fault_at_open(folder.write("packed.gz", gzip(kImages + Bytes{1}))),
              AllOf(HasSubstr("12 bytes"), HasSubstr("13 bytes")));
  EXPECT_THAT(fault_at_open(folder.write("behind.gz", gzip(kImages) + Bytes{7, 7, 7, 7, 7})),
              AllOf(HasSubstr("goes on after its gzip data"), HasSubstr("5 bytes before the end")));
}

TEST(IdxFile, ThatClaimsTwoThousandMillionRowsTakesNoMemoryForThem) {
  const TempFolder folder;
  const Bytes lie = idx_header(0x08, {1u << 31, 28, 28}) + counting(100);
  for (const Bytes& bytes : {lie, gzip(lie)}) {
    const std::string path = folder.write("lie", bytes);
    EXPECT_THAT(fault_at_open(path), AllOf(HasSubstr("(2147483648, 28, 28)"), HasSubstr("takes 1683627180032 bytes"),
                                           HasSubstr("only 100 bytes")));
  }
  EXPECT_THAT(fault_at_open(folder.write("huge", idx_header(0x0E, {~0u, ~0u, ~0u, ~0u}) + counting(9))),
              AllOf(HasSubstr("lies"), HasSubstr("4294967295"), HasSubstr("29 bytes")));
}

TEST(IdxFile, WhatIsNoIdxFileIsSaidToBeNone) {
  const TempFolder folder;
  EXPECT_THAT(fault_at_open(folder.write("picture.png", {0x89, 'P', 'N', 'G', 13, 10})),
              HasSubstr("starts with 89 50 4e 47"));
  EXPECT_THAT(fault_at_open(folder.write("type", idx_header(0x0A, {1}) + Bytes{1})), HasSubstr("its type is 0a"));
  EXPECT_THAT(fault_at_open(folder.write("rank0", {0, 0, 8, 0, 1})), HasSubstr("rank 0; 1 to 8"));
  EXPECT_THAT(fault_at_open(folder.write("rank9", idx_header(8, {1, 1, 1, 1, 1, 1, 1, 1, 1}) + Bytes{1})),
              HasSubstr("rank 9; 1 to 8"));
  EXPECT_THAT(fault_at_open(folder.write("none", idx_header(8, {0, 28, 28}))),
              HasSubstr("holds nothing: its header says (0, 28, 28)"));
  EXPECT_THAT(fault_at_open(folder.write("empty", {})), HasSubstr("is empty"));
  EXPECT_THAT(fault_at_open(folder.path().string()), HasSubstr("is a folder"));
  EXPECT_THAT(fault_at_open((folder.path() / "absent").string()), HasSubstr("does not exist"));
  EXPECT_THAT(fault_at_open("/dev/null"), HasSubstr("is not a plain file"));
}

TEST(IdxFile, WithoutPermissionSaysSo) {
  const TempFolder folder;
  const std::string path = folder.write("secret", kImages);
  std::filesystem::permissions(path, std::filesystem::perms::none);
  if (::geteuid() == 0) {  // root may read everything: the fault must not be invented
    EXPECT_EQ(load_idx(path).data, counting(12));
  } else {
    EXPECT_THAT(fault_at_open(path), HasSubstr("Permission denied"));
  }
}

TEST(IdxFile, DamageInsideGzipDataIsFoundWhenItIsLoaded) {
  const TempFolder folder;
  Bytes packed = gzip(idx_header(0x08, {1000, 4}) + counting(4000));
  packed[packed.size() / 2] ^= 0x10;
  EXPECT_THAT(fault(folder.write("damaged.gz", packed)), HasSubstr("damaged"));
}

// No mutation of a good file may crash, hang or take memory: it loads, and then as its header says, or InputError.
TEST(IdxFile, MutatedFilesLoadOrAreRefused) {
  const TempFolder folder;
  shoal::Random random(1);
  int loaded = 0, refused = 0;
  for (int round = 0; round < 4000; ++round) {
    SCOPED_TRACE(round);
    Bytes bytes = round % 2 == 0 ? kImages : gzip(kImages);
    const auto place = [&] { return static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bytes.size()))); };
    for (std::int64_t changes = 1 + random.below(3); changes > 0 && !bytes.empty(); --changes) {
      switch (random.below(5)) {
        case 0: bytes[place()] = static_cast<std::uint8_t>(random.below(256)); break;
        case 1: bytes[place()] ^= static_cast<std::uint8_t>(1 << random.below(8)); break;
        case 2: bytes.resize(place()); break;
        case 3:
          bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(place()),
                       static_cast<std::uint8_t>(random.below(256)));
          break;
        default: bytes[place() % 16] = 0xff; break;
      }
      if (bytes.empty()) break;
    }
    const std::string path = folder.write("mutated", bytes);
    try {
      const IdxFile file = load_idx(path);
      std::uint64_t size = bytes_of(file.header.type);
      for (const shoal::Index n : file.header.shape) size *= static_cast<std::uint64_t>(n);
      EXPECT_EQ(file.data.size(), size);
      EXPECT_EQ(read_idx_header(path), file.header);
      ++loaded;
    } catch (const shoal::InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("'" + path + "'"));
      ++refused;
    }
  }
  EXPECT_GT(loaded, 100);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace idx::testing
