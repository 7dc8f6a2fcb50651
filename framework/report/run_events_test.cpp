#include "framework/report/run_events.h"

#include <gmock/gmock.h>

#include <cmath>

#include "framework/report/run_so_far.h"

namespace shoal::host {
namespace {

// A run of two rows, stopped in the second: `data` and `learn` are shared, `fit` is each row's own.
constexpr const char* kEvents =
    R"({"time":1000.5,"event":"run_begin","text":"runs/toy"}
{"time":1001,"event":"row_begin","row":0,"text":"k 2"}
{"time":1001,"event":"node_begin","row":0,"node":"learn","component":"trainer/toy"}
{"time":1002,"event":"progress","row":0,"node":"learn","unit":"epochs","done":3,"total":10}
{"time":1002,"event":"scalar","row":0,"node":"learn","name":"loss","step":3,"value":0.5}
{"time":1004,"event":"progress","row":0,"node":"learn","unit":"epochs","done":7,"total":10}
)";
constexpr const char* kMore =
    R"({"time":1005,"event":"log","row":0,"node":"learn","level":"warning","text":"a \"event\":\"scalar\" \"step\": line"}
{"time":1006,"event":"scalar","row":0,"node":"learn","name":"accuracy","value":0.75}
{"time":1006,"event":"node_end","row":0,"node":"learn","status":"done","seconds":5}
{"time":1007,"event":"node_begin","row":0,"node":"fit"}
{"time":1008,"event":"scalar","row":0,"node":"fit","name":"inertia","value":null}
{"time":1008,"event":"node_end","row":0,"node":"fit","status":"reused","seconds":0.5}
{"time":1008,"event":"row_end","row":0,"status":"done","seconds":5.5}
{"time":1009,"event":"row_begin","row":1,"text":"k 3"}
{"time":1009,"event":"node_begin","row":1,"node":"fit"}
{"time":1010,"event":"node_end","row":1,"node":"fit","status":"failed","seconds":1,"text":"no space"}
)";

FileNode node(const std::string& name, std::size_t of_row, bool declares = false) {
  FileNode out{.name = name};
  out.only_declares = declares;
  out.of_row = of_row;
  return out;
}

RunFile planned() {
  RunFile out{.ended = false};
  for (std::size_t row = 0; row < 2; ++row)
    out.rows.push_back({.status = "waiting", .nodes = {node("data", 0, true), node("learn", 0), node("fit", row)}});
  return out;
}

TEST(RunEvents, TellHowFarANodeIs) {
  RunEvents events;
  events.read(kEvents);
  EXPECT_EQ(events.row(), 0);
  EXPECT_EQ(events.began(), 1000.5);
  const NodeEvents& learn = events.rows().at(0).nodes.at("learn");
  EXPECT_EQ(learn.status, "at work");
  EXPECT_EQ(learn.progress->done, 7);
  EXPECT_EQ(learn.progress->total, 10);
  EXPECT_EQ(learn.progress->unit, "epochs");
  EXPECT_EQ(learn.progress->rate(), 2);  // 4 epochs in 2 s: it went on from the third, which cost it nothing
  EXPECT_TRUE(learn.numbers.empty());    // a step of a series is no result
}

TEST(RunEvents, AreReadOnFromWhereTheyWere) {
  RunEvents events;
  events.read(kEvents);
  events.read(kMore);
  EXPECT_EQ(events.row(), 1);
  EXPECT_EQ(events.rows().at(0).nodes.at("learn").numbers.at("accuracy"), 0.75);
  EXPECT_TRUE(std::isnan(events.rows().at(0).nodes.at("fit").numbers.at("inertia")));
  ASSERT_EQ(events.told().size(), 2u);
  EXPECT_EQ(events.told()[0].level, "warning");
  EXPECT_EQ(events.told()[0].text, "a \"event\":\"scalar\" \"step\": line");  // what it quotes makes it no scalar
  EXPECT_EQ(events.told()[1].text, "no space");
  EXPECT_EQ(events.ended(), "");
  events.read("{\"time\":1012,\"event\":\"run_end\",\"status\":\"failed\",\"seconds\":11.5}\n");
  EXPECT_EQ(events.ended(), "failed");
  EXPECT_EQ(events.seconds(), 11.5);
}

TEST(RunEvents, PassOverWhatIsDamagedAndCountIt) {
  RunEvents events;
  events.read("{\"time\":1,\"event\"\nnull\n{\"time\":1,\"event\":\"row_begin\",\"row\":\"two\"}\n");
  EXPECT_EQ(events.damaged(), 3u);
  EXPECT_EQ(events.row(), std::nullopt);
}

TEST(RunEvents, KeepTheLastLinesAndCountTheRest) {
  RunEvents events;
  for (std::size_t i = 0; i < RunEvents::kMostTold + 5; ++i)
    events.read("{\"time\":1,\"event\":\"log\",\"row\":0,\"node\":\"a\",\"level\":\"info\",\"text\":\"" +
                std::to_string(i) + "\"}\n");
  EXPECT_EQ(events.told().size(), RunEvents::kMostTold);
  EXPECT_EQ(events.told().front().text, "5");
  EXPECT_EQ(events.told_before(), 5u);
}

TEST(RunSoFar, HasStatusesTimesAndMetrics) {
  RunFile run = planned();
  RunEvents events;
  add_events(events, run);
  EXPECT_EQ(run.rows[0].status, "waiting");
  EXPECT_EQ(run.rows[0].nodes[0].status, "");  // only declares
  EXPECT_EQ(run.rows[0].nodes[1].status, "waiting");
  events.read(kEvents);
  add_events(events, run);
  EXPECT_EQ(run.started, "1970-01-01T00:16:40Z");
  EXPECT_EQ(run.rows[0].status, "at work");
  EXPECT_EQ(run.rows[0].nodes[1].status, "at work");
  EXPECT_EQ(run.rows[1].nodes[1].status, "at work");  // the same work
  events.read(kMore);
  add_events(events, run);
  add_events(events, run);  // again: nothing is added twice
  EXPECT_EQ(run.rows[0].status, "done");
  EXPECT_EQ(run.rows[0].seconds, 5.5);
  EXPECT_EQ(run.rows[0].nodes[1].status, "ran");
  EXPECT_EQ(run.rows[0].nodes[2].status, "stored");
  EXPECT_EQ(run.rows[1].nodes[1].status, "reused");
  EXPECT_EQ(run.rows[1].metrics.at("learn.accuracy"), 0.75);
  EXPECT_EQ(run.rows[1].nodes[2].status, "failed");
  EXPECT_EQ(run.rows[1].error, "no space");
  EXPECT_EQ(run.rows[1].seconds, 1);
  EXPECT_THAT(run.metrics, ::testing::ElementsAre("learn.accuracy", "fit.inertia"));
}

}  // namespace
}  // namespace shoal::host
