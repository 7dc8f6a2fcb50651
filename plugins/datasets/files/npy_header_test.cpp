#include "npy_header.h"

#include <gmock/gmock.h>

#include "npy_testing.h"

namespace files::testing {
namespace {

using shoal::testing::message_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

NpyHeader read(const Bytes& file) {
  return read_npy_header({reinterpret_cast<const char*>(file.data()), file.size()}, "x.npy");
}
std::string refusal(const Bytes& file) {
  return message_of<shoal::InputError>([&] { read(file); });
}
std::string refusal_of(const std::string& dictionary) { return refusal(npy_start(dictionary)); }

// NumPy 2.4.6: numpy.save(f, numpy.array([[1, 2], [3, 4]], '<f4')), to the byte.
TEST(NpyHeader, OfAFileThatNumPyWrote) {
  Bytes file =
      bytes_of(std::string("\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", 69));
  file.resize(127, ' ');
  file.push_back('\n');
  const NpyHeader header = read(file + bytes_of(std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(header.kind, 'f');
  EXPECT_EQ(header.bytes, 4);
  EXPECT_EQ(header.descr, "<f4");
  EXPECT_THAT(header.shape, ElementsAre(2, 2));
  EXPECT_EQ(header.data_at, 128u);
}

TEST(NpyHeader, IsReadInEveryVersionWhateverItsAlignment) {
  for (const int major : {1, 2, 3}) {
    for (const std::size_t align : {1, 16, 64}) {
      SCOPED_TRACE(major);
      const Bytes start = npy_start_of("<i2", "(3,)", major, align);
      const NpyHeader header = read(start + Bytes(6));
      EXPECT_THAT(header.shape, ElementsAre(3));
      EXPECT_EQ(header.data_at, start.size());
    }
  }
}

TEST(NpyHeader, MayBeWrittenInOtherWaysOfPython) {  // what other writers than NumPy do; cnpy says '<u1'
  const Bytes data(6);
  EXPECT_THAT(read(npy_start(R"({"shape":(3,2,),"descr":"<u1","fortran_order":False})") + data).shape,
              ElementsAre(3, 2));
  EXPECT_THAT(read(npy_start("{'shape': (), 'fortran_order': True, 'descr': '|b1'}") + Bytes(1)).shape, ElementsAre());
  EXPECT_THAT(read(npy_start("{'shape': (6,), 'fortran_order': True, 'descr': '|i1'}") + data).shape, ElementsAre(6));
  EXPECT_THAT(read(npy_start_of("<f8", "(5, 0)")).shape, ElementsAre(5, 0));
}

TEST(NpyHeader, ThatIsNoneIsRefused) {
  EXPECT_THAT(refusal({}), AllOf(HasSubstr("'x.npy'"), HasSubstr("no .npy file")));
  EXPECT_THAT(refusal(bytes_of(std::string("1.0,2.0\n"))), HasSubstr("does not begin with '\\x93NUMPY'"));
  EXPECT_THAT(refusal(bytes_of(std::string("PK\3\4 an archive"))), HasSubstr("numpy.savez"));
  EXPECT_THAT(refusal(bytes_of(std::string("\x93NUMPY"))), HasSubstr("ends within its header, after 6 bytes"));
  EXPECT_THAT(refusal(bytes_of(std::string("\x93NUMPY\x02\0\1\0", 10))),
              HasSubstr("within its header, after 10 bytes"));
  EXPECT_THAT(refusal(bytes_of(std::string("\x93NUMPY\x04\0\1\0", 10))), HasSubstr("of format 4.0; 1.0, 2.0 and 3.0"));
  EXPECT_THAT(refusal(bytes_of(std::string("\x93NUMPY\x01\1\1\0", 10))), HasSubstr("of format 1.1"));
  EXPECT_THAT(refusal(bytes_of(std::string("\x93NUMPY\x01\0\xff\xff{'descr'", 18))),
              HasSubstr("its header has 65535 bytes, but 8 are left"));
  EXPECT_THAT(refusal(bytes_of(std::string("\x93NUMPY\x02\0\xff\xff\xff\xff{}", 14))),
              HasSubstr("its header has 4294967295 bytes, but 2 are left"));
}

TEST(NpyHeader, OfGarbageIsRefusedWithThePlace) {
  EXPECT_THAT(refusal_of("hello"), HasSubstr("expected '{' at byte 0"));
  EXPECT_THAT(refusal_of("{"), HasSubstr("expected a key"));
  EXPECT_THAT(refusal_of("{'descr"), HasSubstr("expected a key at byte 2"));
  EXPECT_THAT(refusal_of("{'" + std::string(1000, 'x') + "': 1}"), HasSubstr("expected a key"));
  EXPECT_THAT(refusal_of("{'descr' '<f4'}"), HasSubstr("expected ':'"));
  EXPECT_THAT(refusal_of("{'descr': 4}"), HasSubstr("expected the type of the numbers"));
  EXPECT_THAT(refusal_of("{'fortran_order': false}"), HasSubstr("expected True or False"));
  EXPECT_THAT(refusal_of("{'shape': 3}"), HasSubstr("expected '('"));
  EXPECT_THAT(refusal_of("{'shape': (3"), HasSubstr("expected ',' or ')'"));
  EXPECT_THAT(refusal_of("{'shape': (-3, 2)}"), HasSubstr("expected a size of at least 0"));
  EXPECT_THAT(refusal_of("{'shape': (a,)}"), HasSubstr("expected a size of at least 0"));
  EXPECT_THAT(refusal_of("{'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1)}"), HasSubstr("more than 8 axes"));
  EXPECT_THAT(refusal_of("{'shape': (1,) 'descr': '<f4'}"), HasSubstr("expected ',' or '}'"));
  EXPECT_THAT(refusal_of("{'shape': (1,), 'shape': (1,)}"), HasSubstr("expected one each of"));
  EXPECT_THAT(refusal_of("{'colour': 'red'}"), HasSubstr("expected one each of"));
  EXPECT_THAT(refusal_of("{'shape': (1,), 'descr': '<f4'}"),
              HasSubstr("expected 'descr', 'fortran_order' and 'shape'"));
  EXPECT_THAT(refusal_of("{'shape': (1,), 'descr': '<f4', 'fortran_order': False} x"),
              HasSubstr("expected nothing more"));
}

TEST(NpyHeader, OfNumbersThatAreNotKnownSaysWhatWouldBe) {
  EXPECT_THAT(refusal(npy_start_of(">f4", "(1,)")),
              AllOf(HasSubstr("big-endian ('>f4')"), HasSubstr("x.astype('<f4')")));
  EXPECT_THAT(refusal(npy_start_of("|O", "(1,)")), HasSubstr("Python objects"));
  for (const char* descr : {"<c8", "<M8[ns]", "|S3", "<U5", "|V8", "<f16", "<f3", "f4", ""})
    EXPECT_THAT(refusal(npy_start_of(descr, "(1,)")), HasSubstr("of type '" + std::string(descr) + "'; known here"));
  EXPECT_THAT(refusal_of("{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
              HasSubstr("rows of several fields"));
  EXPECT_THAT(refusal_of("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}"), HasSubstr("ascontiguousarray"));
}

TEST(NpyHeader, ThatLiesAboutTheDataIsRefusedWithBothNumbers) {
  EXPECT_THAT(refusal(npy_start_of("<f4", "(3, 2)") + Bytes(20)),
              HasSubstr("(3, 2) of '<f4', 24 bytes, but 20 bytes follow"));
  EXPECT_THAT(refusal(npy_start_of("<f4", "(3, 2)") + Bytes(28)), HasSubstr("24 bytes, but 28 bytes follow"));
  EXPECT_THAT(refusal(npy_start_of("<f4", "(0, 2)") + Bytes(8)), HasSubstr("0 bytes, but 8 bytes follow"));
  EXPECT_THAT(refusal(npy_start_of("<f8", "(4611686018427387904, 16)") + Bytes(16)),  // 2^62 rows
              HasSubstr("(4611686018427387904, 16) of '<f8', 2^63 or more bytes, but 16 bytes follow"));
  EXPECT_THAT(refusal(npy_start_of("|u1", "(4611686018427387904,)") + Bytes(16)),
              HasSubstr("4611686018427387904 bytes, but 16 bytes follow"));
  EXPECT_THAT(refusal(npy_start_of("|u1", "(9223372036854775808,)")), HasSubstr("a size of 2^63 or more"));
}

TEST(NpyHeader, CutShortAnywhereIsRefused) {
  const Bytes whole = npy_start_of("<f4", "(1, 1)") + Bytes(4);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    SCOPED_TRACE(n);
    EXPECT_NE(refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n))), "");
  }
}

TEST(NpyHeader, WithAnyOneByteChangedIsReadOrRefused) {  // and nothing else: a crash ends this test
  Bytes file = npy_start_of("<f4", "(2, 3)") + Bytes(24);
  int read_all_the_same = 0, refused = 0;
  for (std::uint8_t& byte : file) {
    const std::uint8_t right = byte;
    for (int value = 0; value < 256; value += 5) {
      byte = static_cast<std::uint8_t>(value);
      try {
        const NpyHeader header = read(file);
        EXPECT_EQ(header.data_at, 128u);
        ++read_all_the_same;
      } catch (const shoal::InputError&) {
        ++refused;
      }
    }
    byte = right;
  }
  EXPECT_GT(read_all_the_same, 24 * 50);  // any data will do
  EXPECT_GT(refused, 60 * 50);            // hardly any other text of about 60 bytes will
}

}  // namespace
}  // namespace files::testing
