#include "framework/live/open_pages.h"

#include <gtest/gtest.h>

namespace shoal::host {
namespace {

using std::chrono::milliseconds;

TEST(OpenPages, AreServedWhenEachHasBeenToldAndHasTheReport) {
  OpenPages pages;
  const auto now = OpenPages::Clock::now();
  EXPECT_TRUE(pages.all_served(now));  // nobody is there
  pages.asked("a", false, false, now);
  pages.asked("b", false, false, now);
  EXPECT_FALSE(pages.all_served(now));
  pages.asked("a", true, true, now);
  pages.asked("a", true, true, now);  // once more: it still wants one report
  pages.asked("b", true, true, now);
  EXPECT_FALSE(pages.all_served(now));  // told, and yet to load it
  pages.report_given();
  EXPECT_FALSE(pages.all_served(now));
  pages.report_given();
  EXPECT_TRUE(pages.all_served(now));
}

TEST(OpenPages, OneThatAsksNoMoreIsClosed) {
  OpenPages pages;
  const auto now = OpenPages::Clock::now();
  pages.asked("a", false, false, now);
  EXPECT_FALSE(pages.all_served(now + OpenPages::kAsksWithin));
  EXPECT_TRUE(pages.all_served(now + OpenPages::kAsksWithin + milliseconds(1)));
  pages.closed("a");  // it has said so
  EXPECT_TRUE(pages.all_served(now));
}

TEST(OpenPages, OneThatGivesWayToTheReportIsWaitedForUntilItHasIt) {
  OpenPages pages;
  pages.asked("a", true, true);
  pages.closed("a");
  EXPECT_FALSE(pages.all_served());
  pages.report_given();
  EXPECT_TRUE(pages.all_served());
}

TEST(OpenPages, OfARunWithoutAReportAreServedWhenTheyKnow) {
  OpenPages pages;
  pages.asked("a", false, false);
  pages.asked("a", true, false);
  EXPECT_TRUE(pages.all_served());
}

TEST(OpenPages, AreWaitedForNoLongerThanIsSaid) {
  OpenPages pages;
  pages.asked("a", false, false);
  const auto begin = OpenPages::Clock::now();
  pages.wait_until_served(milliseconds(50));
  EXPECT_GE(OpenPages::Clock::now() - begin, milliseconds(50));
  EXPECT_FALSE(pages.all_served());  // it gave up: the page is still there
}

}  // namespace
}  // namespace shoal::host
