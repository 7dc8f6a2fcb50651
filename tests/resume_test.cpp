// Runs that are killed and go on, and several at once on one store.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "tests/deep_cluster.h"
#include "tests/results.h"
#include "tests/running.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kProbed =
    R"(  probe: {use: trainer/linear-probe, in: {encoder: learn.encoder, train: train, test: train}}
report: [probe.accuracy, learn.nmi_label, quality.acc]
)";

// Twelve rows that share much.
constexpr const char* kMatrix = R"(shoal: 1
name: matrix
seed: 3
nodes:
  points:  {use: dataset/synthetic, with: {kind: blobs, examples: 2000, classes: 4, features: 16}}
  pca:     {use: transform/pca, in: {data: points}, with: {components: 8}}
  groups:  {use: clusterer/kmeans, in: {data: pca}, with: {k: 4, n_init: 3}}
  quality: {use: metric/clustering, in: {predicted: groups, labels: points.labels}}
matrix:
  pca.components: [4, 8]
  groups.k: [3, 4, 5]
  seeds: 2
report: [quality.acc]
)";

json metrics(const fs::path& run) {
  const json results = results_in(run);
  json out = json::array();
  for (const json& row : results["rows"]) out.push_back(metrics_of(row));
  return out;
}

std::map<std::string, std::string> artifacts(const fs::path& run) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(run / "artifacts"))
    if (entry.is_regular_file()) out[fs::relative(entry.path(), run).string()] = read_file(entry.path());
  out["metrics.jsonl"] = read_file(run / "metrics.jsonl");
  return out;
}

int count_status(const fs::path& run, const std::string& status) {
  int count = 0;
  const json results = results_in(run);
  for (const json& row : results["rows"])
    for (const json& node : row["nodes"]) count += node["status"] == status ? 1 : 0;
  return count;
}

TEST(Resume, KilledAtFiftyInstantsItEndsWithTheSameBytes) {
  const Workplace place;
  place.write("deep.yaml", deep_cluster(600, kProbed));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(Running(place, {"run", "deep.yaml", "--threads 1", "--no-cache", "--out", "whole"}, "whole.log").wait(), 0)
      << read_file(place.folder() / "whole.log");
  const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - begin;
  std::minstd_rand chance(7);
  std::uniform_real_distribution<double> instant(0, whole.count());
  int kills = 0, ends = 0;
  for (int attempt = 0; kills < 50; ++attempt) {
    ASSERT_LT(attempt, 300);
    const std::string run = "run-" + std::to_string(attempt);
    const Running program(place, {"run", "deep.yaml", "--threads 1", "--out", run}, "log.txt");
    std::this_thread::sleep_for(std::chrono::duration<double>(instant(chance)));
    program.kill_it();
    const int code = program.wait();
    if (code == 128 + SIGKILL) {
      ++kills;
      continue;
    }
    ASSERT_EQ(code, 0) << read_file(place.folder() / "log.txt");
    EXPECT_EQ(metrics(place.folder() / run), metrics(place.folder() / "whole"));
    EXPECT_EQ(artifacts(place.folder() / run), artifacts(place.folder() / "whole"));
    ++ends;
    fs::remove_all(place.store());  // from the beginning again
  }
  ASSERT_EQ(Running(place, {"run", "deep.yaml", "--threads 1", "--out", "last"}, "log.txt").wait(), 0);
  EXPECT_EQ(metrics(place.folder() / "last"), metrics(place.folder() / "whole"));
  EXPECT_EQ(artifacts(place.folder() / "last"), artifacts(place.folder() / "whole"));
  EXPECT_THAT(place.shoal("store verify").out, ::testing::HasSubstr("0 results were damaged"));
  RecordProperty("runs that came to their end between the kills", ends);
}

TEST(Resume, FourProcessesOnOneStoreComputeEachNodeOnce) {
  const Workplace place;
  place.write("matrix.yaml", kMatrix);
  std::vector<Running> programs;
  for (int i = 0; i < 4; ++i)
    programs.emplace_back(
        place, std::vector<std::string>{"run", "matrix.yaml", "--threads 1", "--out", "run-" + std::to_string(i)},
        "log-" + std::to_string(i) + ".txt");
  int ran = 0;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(programs[static_cast<std::size_t>(i)].wait(), 0)
        << read_file(place.folder() / ("log-" + std::to_string(i) + ".txt"));
    ran += count_status(place.folder() / ("run-" + std::to_string(i)), "ran");
    EXPECT_EQ(metrics(place.folder() / ("run-" + std::to_string(i))), metrics(place.folder() / "run-0"));
  }
  // Alone, from an empty store: what there is to compute.
  fs::remove_all(place.store());
  ASSERT_EQ(Running(place, {"run", "matrix.yaml", "--threads 1", "--out", "alone"}, "log.txt").wait(), 0);
  const int alone = count_status(place.folder() / "alone", "ran");
  EXPECT_GT(alone, 20);
  EXPECT_EQ(ran, alone);
  EXPECT_EQ(metrics(place.folder() / "run-0"), metrics(place.folder() / "alone"));
}

TEST(Resume, OneOfFourThatIsKilledHoldsNobodyUp) {
  const Workplace place;
  place.write("matrix.yaml", kMatrix);
  std::vector<Running> programs;
  for (int i = 0; i < 4; ++i)
    programs.emplace_back(
        place, std::vector<std::string>{"run", "matrix.yaml", "--threads 1", "--out", "run-" + std::to_string(i)},
        "log-" + std::to_string(i) + ".txt");
  // As soon as one has a lock, so that most likely somebody waits for it.
  const fs::path locks = place.store() / "l";
  std::error_code error;
  EXPECT_TRUE(becomes([&] { return fs::exists(locks, error) && !fs::is_empty(locks, error); }));
  programs[0].kill_it();
  programs[0].wait();
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(programs[i].wait(), 0) << read_file(place.folder() / ("log-" + std::to_string(i) + ".txt"));
    EXPECT_EQ(metrics(place.folder() / ("run-" + std::to_string(i))), metrics(place.folder() / "run-1"));
  }
  EXPECT_THAT(place.shoal("store verify").out, ::testing::HasSubstr("0 results were damaged"));
}

TEST(Resume, JobsShareTheWorkAndComeToTheSame) {
  const Workplace place;
  place.write("matrix.yaml", kMatrix);
  const auto alone = Running(place, {"run", "matrix.yaml", "--no-cache", "--threads 1", "--out", "alone"}, "log.txt");
  ASSERT_EQ(alone.wait(), 0) << read_file(place.folder() / "log.txt");
  const auto three = Running(place, {"run", "matrix.yaml", "--jobs 3", "--threads 3", "--out", "jobs"}, "log.txt");
  ASSERT_EQ(three.wait(), 0) << read_file(place.folder() / "log.txt");
  EXPECT_EQ(metrics(place.folder() / "jobs"), metrics(place.folder() / "alone"));
  EXPECT_THAT(place.shoal("run matrix.yaml --jobs 2 --no-cache").exit, 1);
}

TEST(Resume, JobsEndWithTheProcessThatStartedThem) {
  const Workplace place;
  place.write("slow.yaml", R"(shoal: 1
name: slow
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  deal:  {use: clusterer/toy-deal, in: {data: data}, with: {k: 2, fault: wait}}
)");
  const std::string file = (place.folder() / "slow.yaml").string();
  const Running program(place, {"run", file, "--jobs 3"}, "log.txt");
  EXPECT_TRUE(becomes([&] { return processes_of("run " + file) == 3; })) << processes_of("run " + file);
  program.kill_it();
  program.wait();
  EXPECT_TRUE(becomes([&] { return processes_of("run " + file) == 0; })) << processes_of("run " + file);
}

TEST(Resume, ShardsHaveEachRowOnceAndTheWholeTakesTheirResults) {
  const Workplace place;
  place.write("matrix.yaml", kMatrix);
  std::set<std::string> rows;
  for (const std::string shard : {"1/3", "2/3", "3/3"}) {
    const std::string out = "shard-" + shard.substr(0, 1);
    ASSERT_EQ(place.shoal("run matrix.yaml --shard " + shard + " --out " + out).exit, 0);
    const json shard_rows = results_in(place.folder() / out)["rows"];
    for (const json& row : shard_rows) rows.insert(row["settings"].dump() + row["seed"].dump());
  }
  EXPECT_EQ(rows.size(), 12u);
  ASSERT_EQ(place.shoal("run matrix.yaml --out whole").exit, 0);
  EXPECT_EQ(count_status(place.folder() / "whole", "ran"), 0);
  EXPECT_THAT(place.shoal("check matrix.yaml --shard 2/3").out, ::testing::HasSubstr("4 rows"));
  for (const char* wrong : {"0/3", "4/3", "3", "a/b", "13/13", "1/3x"}) {
    const Outcome outcome = place.shoal(std::string("check matrix.yaml --shard ") + wrong);
    EXPECT_EQ(outcome.exit, 1) << wrong;
    EXPECT_THAT(outcome.err, ::testing::HasSubstr("M511")) << wrong;
  }
}

TEST(Resume, FailFastBeginsNothingMore) {
  const Workplace place;
  place.write("toy.yaml", R"(shoal: 1
name: toy
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  deal:  {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}}
matrix: {deal.fault: [none, throw, too-few-labels], deal.k: [2, 3]}
)");
  EXPECT_EQ(place.shoal("run toy.yaml --out all").exit, 2);
  EXPECT_EQ(place.shoal("run toy.yaml --fail-fast --out first").exit, 2);
  EXPECT_EQ(count_status(place.folder() / "all", "failed"), 4);
  EXPECT_EQ(count_status(place.folder() / "first", "failed"), 1);
  EXPECT_EQ(count_status(place.folder() / "first", "skipped"), 3);
  const nlohmann::json first = nlohmann::json::parse(read_file(place.folder() / "first/results.json"));
  EXPECT_EQ(first["rows"][5]["status"], "skipped");  // not done: it has no result
}

class RetryFailed : public ::testing::Test {
 protected:
  /// Of the four rows, those of case "three" fail as long as vars.fault is "throw".
  Outcome run(const std::string& more) const { return place_.shoal("run toy.yaml -q " + more); }
  static void check_rows(const std::filesystem::path& run, const std::vector<std::string>& settings) {
    const auto results = nlohmann::json::parse(read_file(run / "results.json"));
    std::vector<std::string> found;
    for (const auto& row : results["rows"])
      found.push_back(row["settings"]["case"].get<std::string>() + " " + std::to_string(row["seed"].get<int>()) + " " +
                      row["status"].get<std::string>());
    EXPECT_EQ(found, settings);
  }
  void SetUp() override {
    place_.write("toy.yaml", R"(shoal: 1
name: toy
vars: {fault: throw}
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  deal:  {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}}
matrix:
  case: {two: {deal.k: 2}, three: {deal.k: 3, deal.fault: "${vars.fault}"}}
  seeds: 2
)");
  }
  const Workplace place_;
};

TEST_F(RetryFailed, RunsTheRowsAloneThatWereNotDoneAndLeavesTheEarlierRunAsItIs) {
  ASSERT_EQ(run("").exit, 2);
  const auto latest = place_.folder() / "runs/toy/latest";
  const auto first = std::filesystem::canonical(latest);
  const std::string before = read_file(first / "results.json");
  const Outcome again = run("--retry-failed");
  EXPECT_EQ(again.exit, 2) << "they still fail";
  EXPECT_THAT(again.err, ::testing::HasSubstr("note[M514]: 2 of 4 rows run again: failed, skipped or cancelled in"));
  check_rows(latest, {"three 0 failed", "three 1 failed"});
  EXPECT_EQ(run("vars.fault=none --retry-failed=" + first.string() + " --jobs 2").exit, 0);
  check_rows(latest, {"three 0 done", "three 1 done"});
  EXPECT_NE(std::filesystem::canonical(latest), first);
  EXPECT_EQ(read_file(first / "results.json"), before);

  const auto last = std::filesystem::canonical(latest);
  const Outcome nothing = run("vars.fault=none --retry-failed");
  EXPECT_EQ(nothing.exit, 0) << nothing.err;
  EXPECT_THAT(nothing.err, ::testing::HasSubstr("note[M514]: nothing failed in " + last.string()));
  EXPECT_EQ(std::filesystem::canonical(latest), last) << "no new run was made";
}

TEST_F(RetryFailed, RowsThatWereSkippedRunToo) {
  ASSERT_EQ(run("--fail-fast -m case=three,two --out first").exit, 2);  // seeds share what has no chance
  check_rows(place_.folder() / "first", {"three 0 failed", "three 1 failed", "two 0 skipped", "two 1 skipped"});
  ASSERT_EQ(run("vars.fault=none --retry-failed=first --out second").exit, 0);
  check_rows(place_.folder() / "second", {"two 0 done", "two 1 done", "three 0 done", "three 1 done"});
}

TEST_F(RetryFailed, SaysWhatItCannotFindOrLeavesOut) {
  EXPECT_THAT(run("--retry-failed").err,
              ::testing::HasSubstr("error[M513]: --retry-failed: there is no run folder runs/toy/latest"));
  ASSERT_EQ(run("--out first").exit, 2);
  const Outcome more = run("--retry-failed=first -m case=three --seeds 3 --out second");
  EXPECT_THAT(more.err,
              ::testing::AllOf(::testing::HasSubstr("2 of 3 rows run again"),
                               ::testing::HasSubstr("1 row of this experiment that it did not have: left out")));
  const Outcome fewer = run("--retry-failed=first matrix.seeds=[1] --out third");
  EXPECT_THAT(fewer.err, ::testing::AllOf(::testing::HasSubstr("1 of 2 rows run again"),
                                          ::testing::HasSubstr("1 row of it that this experiment has not")));
  const Outcome none = run("--retry-failed=first case=two --out fourth");
  EXPECT_EQ(none.exit, 1);
  EXPECT_THAT(none.err, ::testing::HasSubstr("error[M513]: --retry-failed: of the 2 rows that"));
  EXPECT_THAT(run("--retry-failed=first name=other --out fifth").err,
              ::testing::HasSubstr("is a run of 'toy', but this experiment is 'other'"));
}

// ---- Inside a trainer -----------------------------------------------------------------------------------------------

constexpr const char* kSupervised = R"(shoal: 1
name: supervised
seed: 1
nodes:
  digits:  {use: dataset/mnist, with: {split: test}}
  train:   {use: dataset/subset, in: {data: digits}, with: {count: 4000}}
  convnet: {use: encoder/convnet, with: {channels: [4, 8, 8, 4], embedding: 16}}
  head:    {use: head/linear}
  learn:
    use: trainer/supervised
    in:   {data: train, encoder: convnet, head: head, test: train}
    with: {epochs: 4, batch_size: 50, ema_decay: 0.9, validation_share: 0.1, keep: best}
report: [learn.accuracy]
)";

// Four epochs of DeepCluster, whose second half keeps the labels and the head of its first.
std::string four_epochs_of_deepcluster() {
  std::string out = deep_cluster(3000, kProbed);
  out.replace(out.find("epochs: 2"), 9, "epochs: 4, reassign_every: 3, head_policy: matched");
  return out;
}

std::vector<fs::path> files_below(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ending) out.push_back(at->path());
  return out;
}

/// Starts the run and kills it when its second checkpoint is there, that of epoch 2.
void kill_at_second_checkpoint(const Workplace& place, const std::string& file) {
  const Running program(place, {"run", file, "--threads 1", "--checkpoint-every 0", "--out", "killed"}, "killed.txt");
  std::string first;
  EXPECT_TRUE(becomes([&] {
    const std::vector<fs::path> manifests = files_below(place.store() / "k", ".json");
    const std::string now = manifests.empty() ? "" : read_file(manifests[0]);
    if (first.empty()) first = now;
    return !now.empty() && now != first;
  }));
  program.kill_it();
  ASSERT_EQ(program.wait(), 128 + SIGKILL) << read_file(place.folder() / "killed.txt");
}

struct Killed {
  const char* name;
  std::string experiment;
};
std::vector<Killed> experiments_to_kill() {
  return {{"supervised.yaml", kSupervised}, {"deep.yaml", four_epochs_of_deepcluster()}};
}

void run_whole(const Workplace& place, const Killed& each) {
  place.write(each.name, each.experiment);
  ASSERT_EQ(Running(place, {"run", each.name, "--threads 1", "--no-cache", "--out", "whole"}, "whole.txt").wait(), 0)
      << read_file(place.folder() / "whole.txt");
}

void run_again(const Workplace& place, const Killed& each) {
  ASSERT_EQ(
      Running(place, {"run", each.name, "--threads 1", "--checkpoint-every 0", "--out", "again"}, "again.txt").wait(),
      0)
      << read_file(place.folder() / "again.txt");
  EXPECT_EQ(metrics(place.folder() / "again"), metrics(place.folder() / "whole"));
  EXPECT_EQ(artifacts(place.folder() / "again"), artifacts(place.folder() / "whole"));
  EXPECT_TRUE(fs::is_empty(place.store() / "k"));  // the work is done, and its checkpoint gone
  EXPECT_THAT(place.shoal("store verify").out, ::testing::HasSubstr("0 results were damaged"));
}

TEST(Resume, KilledInsideATrainerItGoesOnFromTheLastCheckpoint) {
  for (const Killed& each : experiments_to_kill()) {
    SCOPED_TRACE(each.name);
    const Workplace place;
    run_whole(place, each);
    EXPECT_FALSE(fs::exists(place.store() / "k"));  // --no-cache keeps none
    kill_at_second_checkpoint(place, each.name);
    EXPECT_THAT(place.shoal("store list").out, ::testing::HasSubstr(", 1 checkpoint of unfinished work"));
    run_again(place, each);
    EXPECT_THAT(read_file(place.folder() / "again" / "log.txt"),
                ::testing::ContainsRegex("learn: goes on after epoch [23], where an earlier run was stopped"));
  }
}

TEST(Resume, ADamagedCheckpointIsPutAsideAndTheWorkBeginsAnew) {
  const Killed each = experiments_to_kill()[0];
  const Workplace place;
  run_whole(place, each);
  for (const char* ending : {".npy", ".json"}) {
    SCOPED_TRACE(ending);
    fs::remove_all(place.store());
    fs::remove_all(place.folder() / "killed");
    fs::remove_all(place.folder() / "again");
    kill_at_second_checkpoint(place, each.name);
    const std::vector<fs::path> files = files_below(place.store() / "k", ending);
    ASSERT_FALSE(files.empty());
    const auto smaller = [](const fs::path& a, const fs::path& b) { return fs::file_size(a) < fs::file_size(b); };
    const fs::path file = *std::max_element(files.begin(), files.end(), smaller);
    std::string bytes = read_file(file);
    bytes[bytes.size() - 70] = static_cast<char>(bytes[bytes.size() - 70] ^ 1);
    std::ofstream(file, std::ios::binary) << bytes;
    run_again(place, each);
    const std::string log = read_file(place.folder() / "again" / "log.txt");
    EXPECT_THAT(log, ::testing::HasSubstr("warning[S701]: the checkpoint of "));
    EXPECT_THAT(log, ::testing::Not(::testing::HasSubstr("goes on after")));
  }
}

TEST(Resume, ForceBeginsAnewAndPruneRemovesCheckpoints) {
  const Killed each = experiments_to_kill()[0];
  const Workplace place;
  place.write(each.name, each.experiment);
  kill_at_second_checkpoint(place, each.name);
  EXPECT_THAT(place.shoal("store prune --older 1h").out, ::testing::StartsWith("0 results are gone"));
  EXPECT_THAT(place.shoal("store prune --older 0h --dry-run").out,
              ::testing::HasSubstr(", 1 checkpoint of unfinished work would go"));
  EXPECT_FALSE(files_below(place.store() / "k", ".json").empty());
  EXPECT_THAT(place.shoal("store prune --older 0h").out,
              ::testing::HasSubstr(", 1 checkpoint of unfinished work are gone"));
  EXPECT_TRUE(files_below(place.store() / "k", ".json").empty());
  fs::remove_all(place.folder() / "killed");
  kill_at_second_checkpoint(place, each.name);
  ASSERT_EQ(Running(place, {"run", each.name, "--threads 1", "--force learn", "--out", "forced"}, "forced.txt").wait(),
            0);
  EXPECT_THAT(read_file(place.folder() / "forced" / "log.txt"), ::testing::Not(::testing::HasSubstr("goes on after")));
}

// Of so many epochs that it is stopped in the midst of them.
constexpr const char* kLong = R"(shoal: 1
name: long
seed: 1
nodes:
  digits:  {use: dataset/mnist, with: {split: test}}
  train:   {use: dataset/subset, in: {data: digits}, with: {count: 500}}
  convnet: {use: encoder/convnet, with: {channels: [4, 8, 8, 4], embedding: 16}}
  head:    {use: head/linear}
  learn:
    use: trainer/supervised
    in:   {data: train, encoder: convnet, head: head}
    with: {epochs: 5000, batch_size: 50}
)";

TEST(Resume, StoppedInsideAnEpochItGoesOnFromTheLastWholeOneHoweverSeldomCheckpointsAre) {
  const Workplace place;
  place.write("long.yaml", kLong);
  const auto start = [&](const std::string& out) {
    return Running(place, {"run", "long.yaml", "--threads 1", "--checkpoint-every 3600", "--out", out}, out + ".txt");
  };
  const Running first = start("first");
  EXPECT_TRUE(
      becomes([&] { return count(read_file(place.folder() / "first/events.jsonl"), "\"name\":\"train_loss\"") >= 4; }));
  EXPECT_TRUE(files_below(place.store() / "k", ".json").empty());  // none was due
  first.send(SIGINT);
  EXPECT_EQ(first.wait(), 130) << read_file(place.folder() / "first.txt");
  const std::size_t epochs = count(read_file(place.folder() / "first/metrics.jsonl"), "\"name\":\"train_loss\"");
  EXPECT_GE(epochs, 4u);
  const Running second = start("second");
  EXPECT_TRUE(becomes([&] {
    return read_file(place.folder() / "second/events.jsonl")
               .find("goes on after epoch " + std::to_string(epochs) + ",") != std::string::npos;
  })) << epochs;
  second.send(SIGTERM);
  EXPECT_EQ(second.wait(), 143) << read_file(place.folder() / "second.txt");
}

TEST(Resume, ASignalAsksForACheckpointAndTheWorkGoesOn) {
  const Workplace place;
  place.write("long.yaml", kLong);
  const Running program(place, {"run", "long.yaml", "--threads 1", "--checkpoint-every 3600", "--out", "run"},
                        "log.txt");
  const auto events = [&] { return read_file(place.folder() / "run/events.jsonl"); };
  EXPECT_TRUE(becomes([&] { return count(events(), "\"name\":\"train_loss\"") >= 2; }));
  program.send(SIGUSR1);
  EXPECT_TRUE(becomes([&] { return count(events(), "a checkpoint is kept, as the signal asked for") > 0; }));
  EXPECT_EQ(files_below(place.store() / "k", ".json").size(), 1u);
  const std::size_t before = count(events(), "train_loss");
  EXPECT_TRUE(becomes([&] { return count(events(), "train_loss") > before; }));
  program.kill_it();
  EXPECT_EQ(program.wait(), 128 + SIGKILL);
  EXPECT_THAT(place.shoal("store list").out,
              ::testing::AllOf(::testing::HasSubstr("trainer/supervised"), ::testing::HasSubstr("1 checkpoint of")));
  EXPECT_THAT(place.shoal("store verify").out,
              ::testing::HasSubstr("0 checkpoints were damaged and are out of use, 1 are good"));
}

TEST(Resume, ACheckpointThatCannotBeReadNowStaysAndNothingTakesItsPlace) {
  const Killed each = experiments_to_kill()[0];
  const Workplace place;
  place.write(each.name, each.experiment);
  kill_at_second_checkpoint(place, each.name);
  const fs::path manifest = files_below(place.store() / "k", ".json").at(0);
  fs::rename(manifest, place.folder() / "kept.json");
  fs::create_symlink(manifest, manifest);  // to itself
  const Outcome outcome = place.shoal(std::string("run ") + each.name + " --threads 1 --out again");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.err, ::testing::AllOf(::testing::HasSubstr("error[R601]: node 'learn'"),
                                            ::testing::HasSubstr("cannot be read now"),
                                            ::testing::HasSubstr("--force learn begins anew")));
  EXPECT_TRUE(fs::is_symlink(manifest));
  fs::rename(place.folder() / "kept.json", manifest);
  ASSERT_EQ(place.shoal(std::string("run ") + each.name + " --threads 1 --out whole").exit, 0);
  EXPECT_THAT(read_file(place.folder() / "whole" / "log.txt"), ::testing::HasSubstr("goes on after epoch"));
}

}  // namespace
}  // namespace shoal::tests
