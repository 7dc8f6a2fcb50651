// shoal run --watch: again at each change, in a new process, whatever the last one came to.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/running.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kBase = R"(shoal: 1
name: toy
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  times: {use: transform/toy-times, in: {data: data}, with: {factor: 2}}
  sum:   {use: metric/toy-sum, in: {features: times}}
report: [sum]
)";

/// `shoal run --watch` at work in a place of its own, ended when the test is.
class Watching {
 public:
  Watching(const Workplace& place, std::vector<std::string> arguments)
      : place_(place), program_(place, with_words(std::move(arguments)), "log.txt") {}
  ~Watching() {
    program_.send(SIGKILL);
    program_.wait();
  }

  std::string log() const { return read_file(place_.folder() / "log.txt"); }
  /// How often it has begun to wait for a change.
  std::size_t waits() const { return count(log(), "waiting for a change"); }
  bool waits_again(std::size_t times) const {
    return becomes([&] { return waits() >= times; });
  }
  const Running& program() const { return program_; }

 private:
  static std::vector<std::string> with_words(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", "--watch", "--quiet"});
    return arguments;
  }

  const Workplace& place_;
  Running program_;
};

/// The row of the latest run; null before it has written it.
json latest(const Workplace& place) {
  const json results = json::parse(read_file(place.folder() / "runs/toy/latest/results.json"), nullptr, false);
  return results.is_discarded() ? json() : results.at("rows").at(0);
}

double sum_of_latest(const Workplace& place) {
  const json row = latest(place);
  return row.is_null() || row.at("status") != "done" ? -1 : row.at("metrics").at("sum.sum").get<double>();
}

std::string status_of(const json& row, const std::string& node) {
  for (const json& each : row.at("nodes"))
    if (each.at("node") == node) return each.at("status");
  return "none";
}

TEST(Watch, RunsAgainWithWhatTheExperimentAndItsBaseSayNow) {
  const Workplace place;
  place.write("base.yaml", kBase);
  place.write("toy.yaml", "base: base.yaml\nnodes: {times: {with: {factor: 3}}}\n");
  const Watching watching(place, {"toy.yaml"});
  ASSERT_TRUE(watching.waits_again(1)) << watching.log();
  EXPECT_EQ(sum_of_latest(place), 135.0);  // 3 · 45
  place.write("toy.yaml", "base: base.yaml\nnodes: {times: {with: {factor: 4}}}\n");
  ASSERT_TRUE(watching.waits_again(2)) << watching.log();
  EXPECT_EQ(sum_of_latest(place), 180.0);
  EXPECT_THAT(watching.log(), HasSubstr("shoal: toy.yaml changed: again"));
  std::string longer = kBase;
  longer.replace(longer.find("count: 6"), 8, "count: 7");  // 0 + … + 6 = 21: the sum is 3 · 21 · 4
  place.write("base.yaml", longer);
  ASSERT_TRUE(watching.waits_again(3)) << watching.log();
  EXPECT_EQ(sum_of_latest(place), 252.0);
  EXPECT_THAT(watching.log(), HasSubstr("shoal: base.yaml changed: again"));
}

TEST(Watch, ShowsABrokenFileAndGoesOnWhenItIsMended) {
  const Workplace place;
  place.write("toy.yaml", kBase);
  const Watching watching(place, {"toy.yaml"});
  ASSERT_TRUE(watching.waits_again(1)) << watching.log();
  place.write("toy.yaml", "shoal: 1\nname: toy\nnodes: {data: {use: dataset/toy-line\n");
  ASSERT_TRUE(watching.waits_again(2)) << watching.log();
  EXPECT_THAT(watching.log(), HasSubstr("toy.yaml:"));
  EXPECT_THAT(watching.log(), HasSubstr("error["));
  fs::remove(place.folder() / "toy.yaml");
  ASSERT_TRUE(watching.waits_again(3)) << watching.log();
  EXPECT_THAT(watching.log(), HasSubstr("error[Y101]"));
  place.write("toy.yaml", kBase);
  ASSERT_TRUE(watching.waits_again(4)) << watching.log();
  EXPECT_EQ(sum_of_latest(place), 90.0);
}

/// As a linker does it: the old one is removed, and the new one comes bit by bit.
void build(const fs::path& from, const fs::path& to) {
  const std::string bytes = read_file(from);
  fs::remove(to);
  std::ofstream linker(to, std::ios::binary);
  linker << bytes.substr(0, bytes.size() / 2) << std::flush;
  linker << bytes.substr(bytes.size() / 2);
}

TEST(Watch, OpensARebuiltLibraryAnewAndComputesItsNodesAlone) {
  const Workplace place;
  place.write("toy.yaml", R"(shoal: 1
name: toy
plugins: [build]
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  times: {use: transform/toy-times, in: {data: data}, with: {factor: 2}}
  scale: {use: transform/scale, in: {data: times}}
  sum:   {use: metric/toy-sum, in: {features: scale}}
report: [sum]
)");
  const Watching watching(place, {"toy.yaml"});
  ASSERT_TRUE(watching.waits_again(1)) << watching.log();  // nothing is built yet
  EXPECT_THAT(watching.log(), HasSubstr("there is no plugin or folder"));
  fs::create_directory(place.folder() / "build");
  build(SHOAL_TEST_PLUGINS "/scale-2/libscale.so", place.folder() / "build/libscale.so");
  ASSERT_TRUE(becomes([&] { return sum_of_latest(place) == 180.0; })) << watching.log();  // 45 · 2 · 2
  build(SHOAL_TEST_PLUGINS "/scale-3/libscale.so", place.folder() / "build/libscale.so");
  ASSERT_TRUE(becomes([&] { return sum_of_latest(place) == 270.0; })) << watching.log();
  EXPECT_EQ(status_of(latest(place), "times"), "stored");
  EXPECT_EQ(status_of(latest(place), "scale"), "ran");
  EXPECT_THAT(watching.log(), HasSubstr("shoal: build/libscale.so changed: again"));
}

TEST(Watch, RunsAgainWhenDataGivenByAPathChanges) {
  const Workplace place;
  place.write("points.csv", "x,y\n1,2\n3,4\n");
  place.write("toy.yaml", R"(shoal: 1
name: toy
nodes:
  data: {use: dataset/csv, with: {path: points.csv, dtype: float64}}
  sum:  {use: metric/toy-sum, in: {features: data}}
report: [sum]
)");
  const Watching watching(place, {"toy.yaml"});
  ASSERT_TRUE(watching.waits_again(1)) << watching.log();
  EXPECT_EQ(sum_of_latest(place), 10.0);
  place.write("points.csv", "x,y\n1,2\n3,5\n");
  ASSERT_TRUE(watching.waits_again(2)) << watching.log();
  EXPECT_EQ(sum_of_latest(place), 11.0);
}

TEST(Watch, EndsAtASignalWhetherItWaitsOrRuns) {
  const Workplace place;
  place.write("toy.yaml", kBase);
  const Running waiting(place, {"run", "--watch", "toy.yaml"}, "waiting.txt");
  ASSERT_TRUE(becomes(
      [&] { return read_file(place.folder() / "waiting.txt").find("waiting for a change") != std::string::npos; }));
  waiting.send(SIGINT);
  EXPECT_EQ(waiting.wait(), 130);

  place.write("hang.yaml", R"(shoal: 1
name: hang
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  deal: {use: clusterer/toy-deal, in: {data: data}, with: {k: 2, fault: hang}, isolate: process}
)");
  const Running running(place, {"run", "--watch", "hang.yaml"}, "running.txt");
  ASSERT_TRUE(becomes([] {
    bool fitting = false;
    for_each_process([&](pid_t, const fs::path& folder) {
      fitting = fitting || command_line(folder).find("isolated-worker") != std::string::npos;
    });
    return fitting;
  }));
  running.send(SIGTERM);
  EXPECT_EQ(running.wait(), 143);
}

TEST(Watch, GoesWithNoFolderOfItsOwn) {
  const Workplace place;
  place.write("toy.yaml", kBase);
  const Outcome outcome = place.shoal("run --watch toy.yaml --out run");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("--out excludes --watch"));
}

}  // namespace
}  // namespace shoal::tests
