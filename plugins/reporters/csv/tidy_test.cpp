#include "tidy.h"

#include <gtest/gtest.h>

#include <limits>

namespace shoal {
namespace {

Event scalar(const char* node, const char* name, double value, std::int64_t step) {
  Event out{};
  out.size = sizeof(out);
  out.type = SHOAL_SCALAR;
  out.node = node;
  out.name = name;
  out.component = out.text = "";
  out.value = value;
  out.step = step;
  return out;
}

Event row(std::int64_t number, double seed, const char* settings) {
  Event out = scalar("", "", seed, 0);
  out.type = SHOAL_ROW_BEGIN;
  out.row = number;
  out.text = settings;
  return out;
}

TEST(Tidy, WritesANumberOfASeriesWithItsRow) {
  Tidy tidy;
  tidy.hear(row(2, 7, "kmeans.k 10, backend ours"));
  EXPECT_EQ(tidy.series(scalar("learn", "loss", 0.1, 12)), "2,7,\"kmeans.k 10, backend ours\",learn,loss,12,0.1\n");
  EXPECT_EQ(tidy.metric(scalar("learn", "loss", 0.1, 12)), "");
}

TEST(Tidy, WritesWhatANodeCameTo) {
  Tidy tidy;
  tidy.hear(row(0, 0, ""));
  EXPECT_EQ(tidy.metric(scalar("learn", "accuracy", 0.9912, -1)), "0,0,,learn,accuracy,0.9912\n");
  EXPECT_EQ(tidy.series(scalar("learn", "accuracy", 0.9912, -1)), "");
  EXPECT_EQ(tidy.metric(scalar("", "learn.accuracy", 0.9912, -1)), "");  // the row says it again
  EXPECT_EQ(tidy.series(scalar("", "learn.accuracy", 0.9912, 0)), "");
}

TEST(Tidy, KeepsEveryBitAndWhatIsNotFinite) {
  Tidy tidy;
  EXPECT_EQ(tidy.series(scalar("a", "b", 0.1 + 0.2, 0)), "0,0,,a,b,0,0.30000000000000004\n");
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(tidy.series(scalar("a", "b", -kInfinity, 0)), "0,0,,a,b,0,-inf\n");
  EXPECT_EQ(tidy.series(scalar("a", "b", std::numeric_limits<double>::quiet_NaN(), 0)), "0,0,,a,b,0,nan\n");
}

TEST(Tidy, QuotesWhatWouldBreakALine) {
  EXPECT_EQ(Tidy().series(scalar("a", "say \"x\",\ny", 1, 0)), "0,0,,a,\"say \"\"x\"\",\ny\",0,1\n");
}

TEST(Tidy, PassesOverOtherEvents) {
  Event log = scalar("a", "b", 1, 0);
  log.type = SHOAL_LOG;
  EXPECT_EQ(Tidy().series(log) + Tidy().metric(log), "");
}

}  // namespace
}  // namespace shoal
