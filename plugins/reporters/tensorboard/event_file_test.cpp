#include "event_file.h"

#include <gtest/gtest.h>

namespace tensorboard {
namespace {

std::string text(std::initializer_list<int> bytes) {
  std::string out;
  for (const int byte : bytes) out += static_cast<char>(byte);
  return out;
}

TEST(EventFile, ComputesCrc32cAsRfc3720) {  // appendix B.4, and the usual check value
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  std::string counting;
  for (int i = 0; i < 32; ++i) counting += static_cast<char>(i);
  EXPECT_EQ(crc32c(counting), 0x46DD794Eu);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(EventFile, FramesARecordWithMaskedSums) {  // of "123456789": 0xE3069283 turned right by 15, plus 0xa282ead8
  const std::string out = record("123456789");
  ASSERT_EQ(out.size(), 8u + 4 + 9 + 4);
  EXPECT_EQ(out.substr(0, 8), text({9, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(out.substr(12, 9), "123456789");
  const std::uint32_t masked = ((0xE3069283u >> 15) | (0xE3069283u << 17)) + 0xA282EAD8u;
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(static_cast<unsigned char>(out[21 + static_cast<std::size_t>(i)]), masked >> (8 * i) & 0xFF);
}

TEST(EventFile, EncodesAScalarByteForByte) {  // by hand: 1.5 is 3FF8…, 0.25f is 3E800000, step 300 is AC 02
  EXPECT_EQ(scalar_event(1.5, 300, "a/b", 0.25),
            text({0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F}) +                        // 1: wall_time
                text({0x10, 0xAC, 0x02}) +                                      // 2: step
                text({0x2A, 12, 0x0A, 10}) +                                    // 5: summary, 1: value
                text({0x0A, 3, 'a', '/', 'b', 0x15, 0x00, 0x00, 0x80, 0x3E}));  // 1: tag, 2: simple_value
  EXPECT_EQ(version_event(1.5).substr(9), text({0x1A, 13}) + "brain.Event:2");
}

}  // namespace
}  // namespace tensorboard
