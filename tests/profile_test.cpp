// shoal profile: what it shows of a run, and the trace that other programs open.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/deep_cluster.h"
#include "tests/results.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kToy = R"(shoal: 1
name: toy
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  times: {use: transform/toy-times, in: {data: data}, with: {factor: 2}}
  deal:  {use: clusterer/toy-deal, in: {data: times}, with: {k: 2}}
  again: {use: deal.clusterer, in: {data: times}}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: deal.labels}}
report: [share]
)";

json trace_of(const fs::path& file) { return json::parse(read_file(file)).at("traceEvents"); }

/// Complete events ("ph": "X") by what they are: {"call clusterer/toy-deal fit", …}.
std::map<std::string, std::vector<json>> spans_of(const json& trace) {
  std::map<std::string, std::vector<json>> out;
  for (const json& event : trace)
    if (event.at("ph") == "X")
      out[event.at("cat").get<std::string>() + " " + event.at("name").get<std::string>()].push_back(event);
  return out;
}

/// What is wrong with a trace: the fields that the format wants, and spans of one track that overlap without one being
/// in the other, which viewers draw as nonsense. Passes and gradients have tracks of their own and may.
std::vector<std::string> faults_of(const json& trace) {
  std::vector<std::string> out;
  std::map<int, std::vector<std::pair<double, double>>> tracks;
  std::set<int> named;
  for (const json& event : trace) {
    const std::string phase = event.value("ph", "");
    if (!event.contains("name") || !event.contains("pid") || !event.contains("tid") || !event.at("args").is_object())
      out.push_back("lacks a field: " + event.dump());
    if (phase == "M" && event.at("name") == "thread_name") named.insert(event.at("tid").get<int>());
    if (phase == "M") continue;
    if (!event.at("ts").is_number() || event.at("ts") < 0) out.push_back("has no time: " + event.dump());
    if (phase == "C") continue;
    if (phase != "X") out.push_back("is of no known phase: " + event.dump());
    if (!event.at("dur").is_number() || event.at("dur") < 0) out.push_back("has no length: " + event.dump());
    if (event.at("cat") == "pass" || event.at("cat") == "backward") continue;
    const double begin = event.at("ts").get<double>();
    tracks[event.at("tid").get<int>()].emplace_back(begin, -(begin + event.at("dur").get<double>()));
  }
  for (auto& [track, spans] : tracks) {
    if (!named.contains(track)) out.push_back("has no name: track " + std::to_string(track));
    std::sort(spans.begin(), spans.end());  // of those that begin together the longest first
    std::vector<double> open;
    for (const auto& [begin, minus_end] : spans) {
      while (!open.empty() && open.back() <= begin + 1e-3) open.pop_back();  // a nanosecond: how times are written
      if (!open.empty() && -minus_end > open.back() + 1e-3) out.push_back("overlaps: at " + std::to_string(begin));
      open.push_back(-minus_end);
    }
  }
  return out;
}

double seconds_of(const std::vector<json>& spans) {
  double out = 0;
  for (const json& span : spans) out += span.at("dur").get<double>() * 1e-6;
  return out;
}

TEST(Profile, ShowsEveryNodeAndItsCalls) {
  const Workplace place;
  place.write("toy.yaml", kToy);
  const Outcome outcome = place.shoal("profile toy.yaml --out run --quiet");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("share.share"), HasSubstr("times (transform/toy-times)"),
                    HasSubstr("transform/toy-times apply"), HasSubstr("clusterer/toy-deal fit"),
                    HasSubstr("outside of nodes"), HasSubstr("find and open plugins"), HasSubstr("run/trace.json")));
  const json trace = trace_of(place.folder() / "run/trace.json");
  EXPECT_THAT(faults_of(trace), IsEmpty());
  const auto spans = spans_of(trace);
  // Told by hand from the experiment: once each but for the clusterer, which labels for two nodes.
  for (const char* once :
       {"node data", "node times", "node deal", "node again", "node share", "call transform/toy-times fit",
        "call transform/toy-times apply", "call clusterer/toy-deal fit", "call clusterer/toy-deal predict",
        "call metric/toy-agreement compute", "host read, check and plan"}) {
    ASSERT_TRUE(spans.contains(once)) << once;
    EXPECT_THAT(spans.at(once), SizeIs(1)) << once;
  }
  EXPECT_EQ(spans.at("call clusterer/toy-deal predict")[0]["args"]["node"], "again");
  EXPECT_EQ(spans.at("call clusterer/toy-deal fit")[0]["args"]["node"], "deal");
  EXPECT_LE(seconds_of(spans.at("call clusterer/toy-deal fit")), seconds_of(spans.at("node deal")));
  const auto memory = std::count_if(trace.begin(), trace.end(), [](const json& event) { return event["ph"] == "C"; });
  EXPECT_EQ(memory, 5);
}

TEST(Profile, ChangesNoNumberAndSeesIntoATrainer) {
  const Workplace place;
  place.write("deep.yaml", deep_cluster(300, "report: [learn.nmi_label, quality.acc]\n"));
  ASSERT_EQ(place.shoal("run deep.yaml --no-cache --threads 1 --out plain --quiet").exit, 0);
  const Outcome outcome = place.shoal("profile deep.yaml --threads 1 --out run --quiet --trace trace.json");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const auto metrics = [&](const char* run) { return metrics_of(results_in(place.folder() / run)["rows"][0]); };
  EXPECT_EQ(metrics("run"), metrics("plain"));

  const json trace = trace_of(place.folder() / "trace.json");
  EXPECT_THAT(faults_of(trace), IsEmpty());
  const auto spans = spans_of(trace);
  const auto times = [&](const std::string& what) { return spans.contains(what) ? spans.at(what).size() : 0; };
  // 300 examples in batches of 50: 6 steps an epoch, 2 epochs; each epoch clusters once.
  EXPECT_EQ(times("backward encoder/convnet backward"), 12u);
  EXPECT_EQ(times("backward head/linear backward"), 12u);
  EXPECT_EQ(times("call head/linear loss"), 12u);
  EXPECT_GT(times("call encoder/convnet forward"), 12u);  // and the looks at all examples
  std::size_t fits = 0;
  for (const json& fit : spans.at("call clusterer/kmeans fit")) fits += fit["args"]["node"] == "learn" ? 1 : 0;
  EXPECT_GE(fits, 2u);
  EXPECT_EQ(times("call trainer/deepcluster run"), 1u);
  EXPECT_GE(times("pass steps"), 1u);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("trainer/deepcluster itself"), HasSubstr("encoder/convnet backward"),
                                 HasSubstr("transform/pca fit")));
  const double whole = seconds_of(spans.at("node learn"));
  EXPECT_LE(seconds_of(spans.at("call encoder/convnet forward")) + seconds_of(spans.at("backward encoder/convnet "
                                                                                       "backward")),
            whole + seconds_of(spans.at("node features")));
}

TEST(Profile, ComputesAllUnlessItMayTakeFromTheStore) {
  const Workplace place;
  place.write("toy.yaml", kToy);
  ASSERT_EQ(place.shoal("run toy.yaml --quiet").exit, 0);
  EXPECT_THAT(place.shoal("profile toy.yaml --out fresh --quiet").out, Not(HasSubstr("taken from the store")));
  const Outcome kept = place.shoal("profile toy.yaml --out kept --quiet --cache");
  EXPECT_THAT(kept.out, AllOf(HasSubstr("taken from the store"), HasSubstr("look into the store")));
  const auto spans = spans_of(trace_of(place.folder() / "kept/trace.json"));
  EXPECT_FALSE(spans.contains("call transform/toy-times apply"));
  EXPECT_TRUE(spans.contains("call clusterer/toy-deal fit"));  // a fitted one cannot be kept, and `again` wants it
}

TEST(Profile, ShowsWhatRanOfARunThatFailed) {
  const Workplace place;
  place.write("toy.yaml", kToy);
  const Outcome outcome = place.shoal("profile toy.yaml deal.fault=throw --out run --quiet");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, HasSubstr("this clusterer was asked to fail"));
  EXPECT_THAT(outcome.out, HasSubstr("clusterer/toy-deal fit"));
  EXPECT_EQ(place.shoal("profile toy.yaml deal.k=no").exit, 1);
}

}  // namespace
}  // namespace shoal::tests
