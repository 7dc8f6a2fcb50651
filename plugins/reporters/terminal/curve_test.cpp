#include "curve.h"

#include <gtest/gtest.h>

#include <limits>

#include "words.h"

namespace shoal {
namespace {

TEST(Curve, ShowsFewNumbersOneByOne) {  // eight bars from 0 to 7
  Curve curve;
  for (int i = 0; i < 8; ++i) curve.add(i);
  EXPECT_EQ(curve.sparkline(32), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(curve.sparkline(2), "▁█");  // means 1.5 and 5.5: the least and the largest that are shown
}

TEST(Curve, IsFlatWhereNothingChanges) {
  Curve curve;
  for (int i = 0; i < 3; ++i) curve.add(4);
  EXPECT_EQ(curve.sparkline(32), "▁▁▁");
}

TEST(Curve, LeavesOutWhatIsNotFinite) {
  Curve curve;
  curve.add(std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(curve.empty());
  EXPECT_EQ(curve.sparkline(32), "");
}

TEST(Curve, OfAMillionNumbersKeepsItsShape) {  // a half up, a half down
  Curve curve;
  for (int i = 0; i < 1000000; ++i) curve.add(i < 500000 ? i : 1000000 - i);
  EXPECT_EQ(curve.sparkline(8), "▁▃▆██▆▃▁");
}

TEST(CutTo, CutsBetweenCharacters) {
  EXPECT_EQ(cut_to("a■b□c", 3), "a■b");
  EXPECT_EQ(cut_to("■", 0), "");
  EXPECT_EQ(columns_of("▁▂▃ x"), 5);
}

}  // namespace
}  // namespace shoal
