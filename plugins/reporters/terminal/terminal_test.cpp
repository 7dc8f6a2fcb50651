#include "terminal.h"

#include <gmock/gmock.h>

#include <sstream>

namespace shoal {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Event event(int type, const char* node = "") {
  Event out{};
  out.size = sizeof(out);
  out.type = type;
  out.rows = 1;
  out.node = node;
  out.component = out.name = out.text = "";
  return out;
}

Event scalar(const char* node, const char* name, double value) {
  Event out = event(SHOAL_SCALAR, node);
  out.name = name;
  out.value = value;
  return out;
}

TEST(Terminal, EndsANodeWithItsTimeAndItsLastNumbers) {
  std::ostringstream out;
  Terminal terminal(out, {});
  terminal.on(event(SHOAL_NODE_BEGIN, "learn"));
  terminal.on(scalar("learn", "loss", 2.3));
  terminal.on(scalar("learn", "loss", 0.41));
  terminal.on(scalar("learn", "nmi_previous", 0.713));
  Event end = event(SHOAL_NODE_END, "learn");
  end.seconds = 12.31;
  terminal.on(end);
  EXPECT_EQ(out.str(), "  learn            12.3 s       loss 0.41  nmi_previous 0.713\n");
}

TEST(Terminal, SaysWhyANodeFailed) {
  std::ostringstream out;
  Terminal terminal(out, {});
  Event end = event(SHOAL_NODE_END, "kmeans");
  end.status = SHOAL_E_INPUT;
  end.text = "needs at least 100 examples, but there are only 60";
  terminal.on(end);
  EXPECT_EQ(out.str(), "  kmeans           FAILED   needs at least 100 examples, but there are only 60\n");
}

TEST(Terminal, DrawsNothingTwiceWhereThereIsNoTerminal) {
  std::ostringstream out;
  Terminal terminal(out, {.live = false});
  Event progress = event(SHOAL_PROGRESS, "learn");
  progress.done = 5, progress.total = 10, progress.time = 100;
  terminal.on(progress);
  EXPECT_EQ(out.str(), "");
}

TEST(Terminal, ShowsRateAndTimeLeftOnALiveLine) {
  std::ostringstream out;
  Terminal terminal(out, {.live = true, .colour = false, .width = [] { return 100; }});
  Event begin = event(SHOAL_NODE_BEGIN, "learn");
  begin.time = 100;
  terminal.on(begin);
  Event progress = event(SHOAL_PROGRESS, "learn");
  progress.name = "steps";
  progress.done = 30, progress.total = 120, progress.time = 110;  // 30 in 10 s: 3/s, 90 more take 30 s
  terminal.on(progress);
  EXPECT_THAT(out.str(), HasSubstr("■■□□□□□□□□ 30/120 steps  3/s  left 30.0 s"));
}

TEST(Terminal, RedrawsAtMostTenTimesASecond) {
  std::ostringstream out;
  Terminal terminal(out, {.live = true});
  Event progress = event(SHOAL_PROGRESS, "learn");
  for (int i = 0; i < 100; ++i) {
    progress.time = 1000 + i * 0.01;  // for one second
    progress.done = i, progress.total = 100;
    terminal.on(progress);
  }
  const std::string text = out.str();
  EXPECT_LE(std::count(text.begin(), text.end(), '\r'), 11);
}

TEST(Terminal, CutsALiveLineAtTheWidth) {
  std::ostringstream out;
  Terminal terminal(out, {.live = true, .colour = false, .width = [] { return 30; }});
  Event progress = event(SHOAL_PROGRESS, "learn");
  progress.name = "a very long unit that does not fit on this line";
  progress.done = 1, progress.total = 2, progress.time = 10;
  terminal.on(progress);
  EXPECT_THAT(out.str(), Not(HasSubstr("very")));
}

TEST(Terminal, PaintsOnlyWhenAsked) {
  for (const bool colour : {false, true}) {
    std::ostringstream out;
    Terminal terminal(out, {.live = false, .colour = colour});
    Event log = event(SHOAL_LOG, "kmeans");
    log.level = SHOAL_WARNING;
    log.text = "only 3 of 8 clusters have examples";
    terminal.on(log);
    EXPECT_THAT(out.str(), HasSubstr("only 3 of 8"));
    EXPECT_EQ(out.str().find('\x1b') != std::string::npos, colour);
  }
}

TEST(Terminal, SaysTimesAsPeopleDo) {
  EXPECT_EQ(describe_seconds(0.123), "0.12 s");
  EXPECT_EQ(describe_seconds(12.34), "12.3 s");
  EXPECT_EQ(describe_seconds(171), "2 min 51 s");
  EXPECT_EQ(describe_seconds(7380), "2 h 3 min");
}

}  // namespace
}  // namespace shoal
