#include "terminal.h"

#include <gmock/gmock.h>

#include <sstream>

#include "words.h"

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
  Terminal terminal(out, {.live = true, .colour = false, .size = [] { return ScreenSize{.columns = 100}; }});
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
  Terminal terminal(out, {.live = true, .colour = false, .size = [] { return ScreenSize{.columns = 30}; }});
  terminal.on(event(SHOAL_NODE_BEGIN, "learn"));
  Event progress = event(SHOAL_PROGRESS, "learn");
  progress.name = "a very long unit that does not fit on this line";
  progress.done = 1, progress.total = 2, progress.time = 10;
  terminal.on(progress);
  EXPECT_THAT(out.str(), HasSubstr("└ learn          ■■■■■□□□□□ "));
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

TEST(Terminal,
     LeavesWholeNumbersOfARowOnly) {  // "row 1 of 2  seed 0   2.0 s" takes 26 of 60 columns, a number 20 or 21
  std::ostringstream out;
  Terminal terminal(out, {.live = true, .colour = false, .size = [] { return ScreenSize{.columns = 60}; }});
  const auto tell = [&](Event what) {
    what.rows = 2;
    terminal.on(what);
  };
  tell(event(SHOAL_ROW_BEGIN));
  for (const char* name : {"probe.accuracy", "learn.nmi_label"}) tell(scalar("", name, 0.5));
  tell(event(SHOAL_NODE_END, "probe"));
  Event end = event(SHOAL_ROW_END);
  end.time = 2;
  tell(end);
  EXPECT_THAT(out.str(), HasSubstr("row 1 of 2  seed 0   2.0 s  probe.accuracy 0.5\n"));
}

TEST(Terminal, SaysOfARowThatWasNotDoneWhatBecameOfIt) {
  std::ostringstream out;
  Terminal terminal(out, {.live = true});
  const auto tell = [&](int type, std::int64_t row, const char* node, int status) {
    Event what = event(type, node);
    what.rows = 4, what.row = row, what.status = status;
    terminal.on(what);
  };
  for (const auto& [row, status] : {std::pair<int, int>{0, SHOAL_E_FAILED}, {1, SHOAL_E_CANCELLED}}) {
    tell(SHOAL_ROW_BEGIN, row, "", 0);
    tell(SHOAL_NODE_BEGIN, row, "learn", 0);
    tell(SHOAL_NODE_END, row, "learn", status);
    tell(SHOAL_ROW_END, row, "", SHOAL_E_FAILED);
  }
  tell(SHOAL_ROW_BEGIN, 2, "", 0);  // of one that was not even begun there is nothing to say
  tell(SHOAL_ROW_END, 2, "", SHOAL_E_FAILED);
  EXPECT_THAT(out.str(), HasSubstr("row 1 of 4  seed 0   FAILED\n"));
  EXPECT_THAT(out.str(), HasSubstr("row 2 of 4  seed 0   stopped\n"));
  EXPECT_THAT(out.str(), Not(HasSubstr("row 3 of 4  seed 0   ")));
}

TEST(Terminal, NamesTheRowOfANodeThatIsNotOfTheCurrentOne) {  // it goes on with another while it waits for a process
  std::ostringstream out;
  Terminal terminal(out, {});
  Event begin = event(SHOAL_ROW_BEGIN), end = event(SHOAL_NODE_END, "learn");
  begin.rows = end.rows = 3;
  end.seconds = 2;
  terminal.on(begin);
  end.row = 1;
  terminal.on(end);
  end.row = 0;
  terminal.on(end);
  EXPECT_EQ(out.str(), "row 1 of 3  seed 0\n  learn of row 2   2.0 s\n  learn            2.0 s\n");
}

TEST(Terminal, LeavesWarningsAloneOfManyRows) {
  for (const std::int64_t rows : {1, 2}) {
    std::ostringstream out;
    Terminal terminal(out, {.live = true});
    Event begin = event(SHOAL_ROW_BEGIN);
    begin.rows = rows;
    terminal.on(begin);
    Event log = event(SHOAL_LOG, "pca");
    log.rows = rows;
    log.text = "50 of 784 components";
    log.level = SHOAL_INFO;
    terminal.on(log);
    log.text = "few examples";
    log.level = SHOAL_WARNING;
    terminal.on(log);
    EXPECT_EQ(out.str().find("50 of 784") != std::string::npos, rows == 1);
    EXPECT_THAT(out.str(), HasSubstr("warning: few examples"));
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
