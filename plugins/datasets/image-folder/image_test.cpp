#include "image.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "image_testing.h"
#include "shoal/error.h"

namespace images::testing {
namespace {

using shoal::testing::message_of;
using ::testing::HasSubstr;

Image decoded(const std::string& name) {
  const Bytes file = contents(name);
  return decode(text_of(file));
}
std::string refusal(const Bytes& file) {
  return message_of<shoal::InputError>([&] { decode(text_of(file)); });
}

TEST(Image, IsDecodedToTheBytesThatPillowReads) {
  for (const std::string name :
       {"rgb.png", "grey.png", "palette.png", "alpha.png", "bits.png", "rgb.jpg", "progressive.jpg", "grey.jpg"}) {
    SCOPED_TRACE(name);
    const Image image = decoded(name);
    EXPECT_EQ(image.width, 12u);
    EXPECT_EQ(image.height, 9u);
    EXPECT_EQ(image.pixels, contents(name + ".raw"));
  }
}

TEST(Image, OfSixteenBitsIsScaledToEight) {
  EXPECT_EQ(decoded("deep.png").pixels, contents("grey.png.raw"));
  const Bytes deep = contents("deep.png"), alpha = contents("alpha.png"), plain = contents("rgb.png");
  EXPECT_TRUE(look(text_of(deep)).is_deep);
  EXPECT_TRUE(look(text_of(alpha)).has_alpha);
  EXPECT_FALSE(look(text_of(plain)).is_deep || look(text_of(plain)).has_alpha);
}

TEST(Image, BecomesGreyAsPillowsDoes) {
  EXPECT_EQ(with_channels(decoded("rgb.png"), 1).pixels, contents("rgb-to-grey.raw"));
  const Image colour = with_channels(decoded("grey.png"), 3);
  const Bytes grey = contents("grey.png.raw");
  for (std::size_t i = 0; i < colour.pixels.size(); ++i) EXPECT_EQ(colour.pixels[i], grey[i / 3]);
}

TEST(Image, IsResizedAsPillowDoes) {  // which rounds between the two sides, so one grey more or less
  const Image image = decoded("rgb.png");
  for (const auto& [filter, name] : {std::pair(Filter::kArea, "area"), std::pair(Filter::kBilinear, "bilinear")}) {
    for (const auto& [height, width] : {std::pair(4, 5), std::pair(3, 12), std::pair(20, 17)}) {
      const std::string file = std::string(name) + "-" + std::to_string(height) + "x" + std::to_string(width) + ".raw";
      SCOPED_TRACE(file);
      const Bytes right = contents(file);
      const Image got = resized(image, static_cast<std::size_t>(height), static_cast<std::size_t>(width), filter);
      ASSERT_EQ(got.pixels.size(), right.size());
      for (std::size_t i = 0; i < right.size(); ++i) EXPECT_LE(std::abs(got.pixels[i] - right[i]), 1) << i;
    }
  }
}

TEST(Image, OfHalfTheSizeIsTheMeanOfFour) {  // by hand
  const Image image{.width = 4, .height = 2, .channels = 1, .pixels = {0, 10, 100, 101, 20, 30, 100, 101}};
  EXPECT_EQ(resized(image, 1, 2, Filter::kArea).pixels, (Bytes{15, 101}));  // 100.5 is rounded up
  EXPECT_EQ(resized(image, 2, 4, Filter::kBilinear).pixels, image.pixels);
}

TEST(Image, OfAnotherKindIsRefused) {
  EXPECT_THAT(refusal({}), HasSubstr("it is neither PNG, JPEG nor PGM"));
  EXPECT_THAT(refusal({'G', 'I', 'F', '8'}), HasSubstr("it is neither PNG, JPEG nor PGM"));
  EXPECT_THAT(refusal(contents("cmyk.jpg")), HasSubstr("CMYK"));
}

Bytes bytes_of(const std::string& text) { return Bytes(text.begin(), text.end()); }

TEST(Image, OfNetpbmIsReadByItsMaximum) {  // by hand
  const Image grey = decode("P5 # a comment\n2 2\n255\n\x01\x02\x80\xff");
  EXPECT_EQ(grey.width, 2u);
  EXPECT_EQ(grey.channels, 1u);
  EXPECT_EQ(grey.pixels, (Bytes{1, 2, 128, 255}));
  EXPECT_EQ(decode(std::string("P6\n1 1 15\n\x00\x0f\x07", 13)).pixels, (Bytes{0, 255, 119}));
  EXPECT_EQ(decode(std::string("P5 1 2 65535 \x80\x80\xff\xff", 17)).pixels, (Bytes{128, 255}));  // big-endian
}

TEST(Image, OfNetpbmThatIsDamagedIsRefused) {
  EXPECT_THAT(refusal(bytes_of("P2 1 1 255 7")), HasSubstr("a P2 of Netpbm"));
  EXPECT_THAT(refusal(bytes_of("P5 2 2 255 abc")), HasSubstr("cut short: 2 high and 2 wide, but 3 bytes are there"));
  EXPECT_THAT(refusal(bytes_of("P5 1 1 9 z")), HasSubstr("it has a 122, but its maximum is 9"));
  EXPECT_THAT(refusal(bytes_of("P5 0 1 9 z")), HasSubstr("1 high and 0 wide"));
  EXPECT_THAT(refusal(bytes_of("P5 1 1 70000 z")), HasSubstr("its maximum is 70000"));
  EXPECT_THAT(refusal(bytes_of("P5 1 x")), HasSubstr("says no height"));
  EXPECT_THAT(refusal(bytes_of("P5 99999999999 1 255 z")), HasSubstr("more than 9 digits"));
  EXPECT_THAT(refusal(bytes_of("P5 999999999 999999999 255 z")), HasSubstr("cut short"));
}

TEST(Image, CutShortAnywhereIsRefused) {
  for (const char* name : {"rgb.png", "palette.png", "rgb.jpg", "progressive.jpg"}) {
    const Bytes whole = contents(name);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      SCOPED_TRACE(::testing::Message() << name << " " << n);
      EXPECT_NE(refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n))), "");
    }
  }
}

TEST(Image, OfPngWithAnyBitChangedIsReadAsItWasOrRefused) {  // every chunk has a CRC-32
  for (const std::string name : {"rgb.png", "palette.png"}) {
    const Bytes whole = contents(name), right = contents(name + ".raw");
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        Bytes changed = whole;
        changed[at] ^= static_cast<std::uint8_t>(1 << bit);
        try {
          EXPECT_EQ(decode(text_of(changed)).pixels, right) << name << ", byte " << at << ", bit " << bit;
        } catch (const shoal::InputError&) {
        }
      }
    }
  }
}

TEST(Image, OfJpegWithAnyBitChangedIsReadOrRefused) {  // and nothing else: a crash ends this test
  for (const char* name : {"rgb.jpg", "progressive.jpg", "grey.jpg"}) {
    const Bytes whole = contents(name);
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int bit : {0, 3, 6, 7}) {
        Bytes changed = whole;
        changed[at] ^= static_cast<std::uint8_t>(1 << bit);
        try {
          decode(text_of(changed));
        } catch (const shoal::InputError&) {
          ++refused;
        }
      }
    }
    EXPECT_GT(refused, 100) << name;
  }
}

TEST(Image, ThatCannotBeAsLargeAsItSaysTakesNoMemoryForIt) {
  Bytes jpeg = contents("grey.jpg");
  const Bytes frame = {0xff, 0xc0};  // then two bytes of length, one of precision, the height and the width
  const auto at = std::search(jpeg.begin(), jpeg.end(), frame.begin(), frame.end());
  ASSERT_NE(at, jpeg.end());
  std::fill_n(at + 5, 4, 0xf0);  // 61680 × 61680
  EXPECT_THAT(refusal(jpeg), HasSubstr("too short for the size that it says"));
  // A PNG of 900000 × 900000 grey pixels; its CRC-32 was computed by Python's zlib.crc32.
  const Bytes png = {0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,   0, 0,    13,   'I',  'H',  'D',  'R',
                     0,    0x0d, 0xbb, 0xa0, 0,    0x0d, 0xbb, 0xa0, 8,   0, 0,    0,    0,    0xf5, 0xd6, 0xce,
                     0x53, 0,    0,    0,    1,    'I',  'D',  'A',  'T', 0, 0x28, 0x38, 0x7d, 0xe8};
  EXPECT_THAT(refusal(png), HasSubstr("too short for the size that it says"));
}

TEST(Image, OfMorePixelsThanAnyOneNeedsIsRefusedBeforeItIsUnpacked) {
  // A PNG of 20000 × 20000 grey pixels, as many bytes as zeros take; its CRC-32 was computed by Python's zlib.crc32.
  Bytes png = {0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0,    0,    0,    0x0d, 0x49, 0x48,
               0x44, 0x52, 0,    0,    0x4e, 0x20, 0,    0,    0x4e, 0x20, 0x08, 0,    0,    0,
               0,    0xc6, 0x1b, 0x19, 0xe5, 0,    0x07, 0xa1, 0x20, 0x49, 0x44, 0x41, 0x54};
  png.resize(png.size() + 500000);
  EXPECT_EQ(refusal(png), "it is 20000 high and 20000 wide, 400000000 pixels, of which it may have 268435456");
}

}  // namespace
}  // namespace images::testing
