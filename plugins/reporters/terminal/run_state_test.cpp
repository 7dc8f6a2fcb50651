#include "run_state.h"

#include <gmock/gmock.h>

namespace shoal {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

Event event(int type, double time, std::int64_t row = 0, const char* node = "") {
  Event out{};
  out.size = sizeof(out);
  out.type = type;
  out.time = time;
  out.row = row;
  out.rows = 1;
  out.node = node;
  out.component = out.name = out.text = "";
  return out;
}

/// Tells a run of several rows its events.
class Told {
 public:
  Told(std::int64_t rows, std::vector<PlannedRow> plan) : rows_(rows) {
    run.plan(std::move(plan));
    tell(event(SHOAL_RUN_BEGIN, 1000));
  }
  void tell(Event what) {
    what.rows = rows_;
    run.on(what);
  }
  void begin_row(double time, std::int64_t row, const char* settings = "") {
    Event begin = event(SHOAL_ROW_BEGIN, time, row);
    begin.text = settings;
    tell(begin);
  }
  void end_row(double time, std::int64_t row) {
    tell(event(SHOAL_ROW_END, time, row));
    run.forget(row);
  }
  void begin(double time, std::int64_t row, const char* node) { tell(event(SHOAL_NODE_BEGIN, time, row, node)); }
  void end(double time, std::int64_t row, const char* node, double seconds, int status = SHOAL_OK) {
    Event out = event(SHOAL_NODE_END, time, row, node);
    out.seconds = seconds;
    out.status = status;
    tell(out);
  }
  void progress(double time, std::int64_t row, const char* node, std::int64_t done, std::int64_t total) {
    Event out = event(SHOAL_PROGRESS, time, row, node);
    out.name = "steps";
    out.done = done, out.total = total;
    tell(out);
  }
  void scalar(double time, std::int64_t row, const char* node, const char* name, double value, std::int64_t step) {
    Event out = event(SHOAL_SCALAR, time, row, node);
    out.name = name;
    out.value = value;
    out.step = step;
    tell(out);
  }
  std::vector<std::string> lines(double time, std::size_t height = 23) const {
    std::vector<std::string> out;
    for (const LiveLine& line : run.lines(time, /*memory=*/812'000'000, height)) out.push_back(line.text);
    return out;
  }

  RunState run;

 private:
  std::int64_t rows_;
};

const std::vector<PlannedNode> kExercise3 = {{"learn", {}}, {"probe", {"learn"}}, {"floor", {}}, {"ceiling", {}}};

TEST(RunState, ShowsARowAsATreeBetweenTheRowsToCome) {
  Told told(3, {{"seed 0", kExercise3}, {"seed 1", kExercise3}, {"seed 2", kExercise3}});
  told.begin_row(1000, 0);
  told.begin(1000, 0, "learn");
  told.end(1100, 0, "learn", 100);
  told.end_row(1120, 0);
  Event begin = event(SHOAL_ROW_BEGIN, 1120, 1);
  begin.value = 1;
  told.tell(begin);
  told.begin(1120, 1, "floor");
  told.scalar(1130, 1, "floor", "accuracy", 0.9003, -1);
  told.end(1130, 1, "floor", 10);
  told.begin(1130, 1, "learn");
  for (int i = 0; i < 8; ++i) told.scalar(1131 + i, 1, "learn", "loss", 8 - i, i);
  told.progress(1140, 1, "learn", 8, 16);
  EXPECT_THAT(told.lines(1140), ElementsAre("row 2 of 3  seed 1    20.0 s",                                        //
                                            "├ learn          ■■■■■□□□□□ 8/16 steps  0.8/s  left 10.0 s  loss 1",  //
                                            "│ │              █▇▆▅▄▃▂▁ loss",                                      //
                                            "│ └ probe        waits",                                              //
                                            "├ floor          ✓ 10.0 s  accuracy 0.9003",                          //
                                            "└ ceiling        waits",                                              //
                                            "row 3 of 3  seed 2",  // a row took 120 s, two are left, 20 s of them over
                                            "1 of 3 rows  2 min 20 s  left about 3 min 40 s  812 MB"));
}

TEST(RunState, OfOneRowHasNeitherHeadingNorRows) {
  Told told(1, {{"seed 0", kExercise3}});
  told.begin_row(1000, 0);
  told.end(1000, 0, "floor", 0.1, -1);
  told.begin(1000, 0, "learn");
  EXPECT_THAT(told.lines(1003),
              ElementsAre("├ learn          … 3.0 s", "│ └ probe        waits", "├ floor          ✓ stored",
                          "└ ceiling        waits", "3.0 s  812 MB  1 of 4 nodes"));
}

TEST(RunState,
     KeepsRowsApartThatAreAtWorkTogether) {  // another process has row 1's `learn`; this one goes on with row 2's
  const std::vector<PlannedNode> nodes = {{"learn", {}}, {"probe", {"learn"}}};
  std::vector<PlannedRow> plan;
  for (int i = 0; i < 18; ++i) plan.push_back({"seed " + std::to_string(i), nodes});
  Told told(18, plan);
  told.begin_row(1000, 0);
  told.begin(1001, 1, "learn");
  told.progress(1005, 1, "learn", 3, 10);
  EXPECT_THAT(told.lines(1005), ElementsAre("row 1 of 18  seed 0    5.0 s", "└ learn          in another process",
                                            "  └ probe        waits", "row 2 of 18  seed 1",
                                            "└ learn          ■■■□□□□□□□ 3/10 steps  0.75/s  left 9.3 s",
                                            "  └ probe        waits", "row 3 of 18  seed 2", "row 4 of 18  seed 3",
                                            "row 5 of 18  seed 4", "… 13 more rows", "0 of 18 rows  5.0 s  812 MB"));
}

TEST(RunState, FoldsWhatDoesNotFit) {
  std::vector<PlannedNode> nodes;
  for (int i = 0; i < 30; ++i) nodes.push_back({"n" + std::to_string(i), {}});
  Told told(2, {{"seed 0", nodes}, {"seed 1", nodes}});
  told.begin_row(1000, 0);
  for (int i = 0; i < 12; ++i) told.end(1000 + i, 0, nodes[static_cast<std::size_t>(i)].name.c_str(), 1);
  told.begin(1012, 0, "n12");
  told.scalar(1012, 0, "n12", "loss", 1, 0);
  // Of 8 lines 2 are heading and footer; n12 is at work, two lines count, one ended and two wait.
  EXPECT_THAT(told.lines(1013, 8),
              ElementsAre("row 1 of 2  seed 0    13.0 s", "… 11 ended", "├ n11            ✓ 1.0 s",
                          "├ n12            … 1.0 s  loss 1", "├ n13            waits", "├ n14            waits",
                          "… 15 more wait", "0 of 2 rows  13.0 s  812 MB"));
  for (std::size_t height = 2; height < 50; ++height) EXPECT_LE(told.lines(1013, height).size(), height) << height;
  EXPECT_THAT(told.lines(1013, 3), Contains("├ n12            … 1.0 s  loss 1"));  // what is at work gives way last
  EXPECT_THAT(told.lines(1013, 40), Contains("row 2 of 2  seed 1"));
}

TEST(RunState,
     CountsTimeFromRowsThatTheStoreDidNotHave) {  // else two rows at once would promise the end of the rest at once
  Told told(4, {});
  for (const int row : {0, 1}) {
    told.begin_row(1000, row);
    told.end(1000, row, "learn", 50, -1);
    told.end_row(1000, row);
  }
  told.begin_row(1000, 2);
  EXPECT_EQ(told.lines(1010).back(), "2 of 4 rows  10.0 s  812 MB");
  told.begin(1000, 2, "learn");
  told.end(1030, 2, "learn", 30);
  told.end_row(1030, 2);
  told.begin_row(1030, 3);
  EXPECT_EQ(told.lines(1040).back(), "3 of 4 rows  40.0 s  left about 20.0 s  812 MB");
}

TEST(RunState, TellsOfFitsThatAreTimedAfterAllRows) {
  Told told(1, {{"seed 0", {{"groups", {}}}}});
  told.begin_row(1000, 0);
  told.end(1001, 0, "groups", 1);
  told.end_row(1001, 0);
  Event timed = event(SHOAL_PROGRESS, 1002, 0, "groups");
  timed.name = "timed fits";
  timed.done = 2, timed.total = 5;
  told.tell(timed);
  EXPECT_EQ(told.lines(1002).front(), "groups  ■■■■□□□□□□ 2/5 timed fits");
}

TEST(RunState, ShowsWhatItWasNotToldOf) {  // no plan could be read
  Told told(1, {});
  told.begin_row(1000, 0);
  told.begin(1000, 0, "learn");
  EXPECT_THAT(told.lines(1002), ElementsAre("└ learn          … 2.0 s", "2.0 s  812 MB"));
  EXPECT_THAT(told.lines(1002), Not(Contains("nodes")));
}

}  // namespace
}  // namespace shoal
