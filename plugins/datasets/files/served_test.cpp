#include "served.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "../common/temp_folder.h"
#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace files::testing {
namespace {

using shoal::Index;
using shoal::testing::Host;
using shoal::testing::message_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename Number>
const char* bytes(const std::vector<Number>& numbers) {
  return reinterpret_cast<const char*>(numbers.data());
}

// Three examples of two numbers, each after a number that is none of theirs.
const std::vector<float> kApart = {-1, 1, 2, -1, 3, 4, -1, 5, 6};
const Examples kStrided{.first = bytes(kApart) + 4, .count = 3, .shape = {2}, .stored = Stored::kFloat32, .step = 12};

TEST(Served, ExamplesThatLieApartAreSeenWhereTheyLie) {
  const auto view = view_of(kStrided);
  ASSERT_TRUE(view);
  EXPECT_THAT(view->shape(), ElementsAre(3, 2));
  EXPECT_EQ(view->bytes(), kStrided.first);
  const auto matrix = view->matrix<float>();
  EXPECT_EQ(matrix(0, 1), 2);
  EXPECT_EQ(matrix(2, 0), 5);
}

TEST(Served, ImagesKeepTheirShapeInAView) {
  const std::vector<std::uint8_t> numbers(2 * 3 * 4 * 5);
  const auto view =
      view_of({.first = bytes(numbers), .count = 2, .shape = {3, 4, 5}, .stored = Stored::kUInt8, .step = 60});
  ASSERT_TRUE(view);
  EXPECT_THAT(view->shape(), ElementsAre(2, 3, 4, 5));
  EXPECT_TRUE(view->contiguous());
}

TEST(Served, NumbersThatCannotBeSeenAreStillCopied) {
  Host host;
  Examples odd = kStrided;
  std::vector<char> moved(1 + 36);
  std::memcpy(moved.data() + 1, kApart.data(), 36);
  odd.first = moved.data() + 1 + 4;
  EXPECT_FALSE(view_of(odd));
  std::vector<float> to(4);
  copy_examples(host.context(), odd, std::vector<Index>{2, 0}, shoal::MutableArray(to.data(), {2, 2}));
  EXPECT_THAT(to, ElementsAre(5, 6, 1, 2));
}

TEST(Served, SixteenBitFloatsAreWidenedExactly) {  // bits by hand, IEEE 754 binary16 and bfloat16
  Host host;
  const std::vector<std::uint16_t> half = {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001,
                                           0x83ff, 0x8000, 0x7c00, 0xfc00, 0x7e00};
  std::vector<float> to(half.size());
  const auto columns = static_cast<Index>(half.size());
  copy_examples(host.context(),
                {.first = bytes(half), .count = 1, .shape = {columns}, .stored = Stored::kFloat16, .step = 2 * columns},
                std::vector<Index>{0}, shoal::MutableArray(to.data(), {1, columns}));
  EXPECT_EQ(to[0], 1.0f);
  EXPECT_EQ(to[1], -2.0f);
  EXPECT_EQ(to[2], 65504.0f);          // the largest
  EXPECT_EQ(to[3], 0x1p-14f);          // the smallest normal one
  EXPECT_EQ(to[4], 0x1p-24f);          // the smallest
  EXPECT_EQ(to[5], -1023 * 0x1p-24f);  // the largest subnormal one
  EXPECT_TRUE(to[6] == 0 && std::signbit(to[6]));
  EXPECT_EQ(to[7], INFINITY);
  EXPECT_EQ(to[8], -INFINITY);
  EXPECT_TRUE(std::isnan(to[9]));

  const std::vector<std::uint16_t> brain = {0x3f80, 0xc049, 0x7f7f};
  const Examples examples{.first = bytes(brain), .count = 3, .shape = {1}, .stored = Stored::kBFloat16, .step = 2};
  EXPECT_FALSE(view_of(examples));
  copy_examples(host.context(), examples, std::vector<Index>{0, 1, 2}, shoal::MutableArray(to.data(), {3, 1}));
  EXPECT_EQ(to[0], 1.0f);
  EXPECT_EQ(to[1], -3.140625f);  // −(1 + 73/128)·2
  EXPECT_EQ(to[2], (2 - 0x1p-7f) * 0x1p127f);
}

TEST(Served, RoomOfAnotherSizeOrTypeIsRefusedWithBoth) {
  Host host;
  std::vector<float> to(6);
  std::vector<double> wide(4);
  const auto refused = [&](const shoal::MutableArray& room) {
    return message_of<shoal::InputError>([&] {
      copy_examples(host.context(), kStrided, std::vector<Index>{0, 1}, room);
    });
  };
  EXPECT_THAT(refused(shoal::MutableArray(to.data(), {2, 3})),
              HasSubstr("2 examples of 2 float32 numbers, got room for 2 of 3"));
  EXPECT_THAT(refused(shoal::MutableArray(wide.data(), {2, 2})), HasSubstr("float64"));
}

TEST(Served, LabelsOfEveryWidthBecomeInt64) {
  const auto read = [](auto number, bool is_signed) {
    const std::vector<decltype(number)> numbers = {1, 9, number, 9};
    Labels labels{.first = bytes(numbers), .is_signed = is_signed, .bytes = sizeof(number), .step = 2 * sizeof(number)};
    std::vector<std::int64_t> to(1);
    copy_labels(labels, std::vector<Index>{1}, shoal::MutableArray(to));
    return to[0];
  };
  EXPECT_EQ(read(std::uint8_t{200}, false), 200);
  EXPECT_EQ(read(std::int8_t{100}, true), 100);
  EXPECT_EQ(read(std::uint16_t{60000}, false), 60000);
  EXPECT_EQ(read(std::int32_t{2000000000}, true), 2000000000);
  EXPECT_EQ(read(std::uint32_t{4000000000}, false), 4000000000);
  EXPECT_EQ(read(std::uint64_t{1} << 62, false), std::int64_t{1} << 62);
}

TEST(Served, FilesOfOtherKindsAreToldByTheirFirstBytes) {
  EXPECT_THAT(what_it_is("PAR1\x15\x04"), HasSubstr("dataset/parquet reads"));
  EXPECT_THAT(what_it_is("\x1f\x8b\x08"), HasSubstr("gunzip"));
  EXPECT_THAT(what_it_is(std::string("\x40\0\0\0\0\0\0\0{\"x\":", 13)), HasSubstr("dataset/safetensors"));
  EXPECT_EQ(what_it_is("1,2,3\n"), "");
  EXPECT_EQ(what_it_is(""), "");
}

}  // namespace
}  // namespace files::testing
