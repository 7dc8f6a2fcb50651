// What a run takes from the store, and what it computes.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/results.h"

namespace shoal::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBlobs = R"(shoal: 1
name: blobs
seed: 3
nodes:
  points:  {use: dataset/synthetic, with: {kind: blobs, examples: 600, classes: 4, features: 8}}
  pca:     {use: transform/pca, in: {data: points}, with: {components: 5, whiten: true}}
  length:  {use: transform/l2-normalize, in: {data: pca}}
  groups:  {use: clusterer/kmeans, in: {data: length}, with: {k: 4}}
  again:   {use: groups.clusterer, in: {data: length}}
  same:    {use: metric/clustering, in: {predicted: again, labels: groups.labels}}
  quality: {use: metric/clustering, in: {predicted: groups, labels: points.labels}}
report: [quality.acc, same.ari, groups.inertia]
)";

/// "pca stored, length ran, …" of the first row.
std::string statuses(const fs::path& run) {
  const json results = results_in(run);
  std::string out;
  for (const json& node : results["rows"][0]["nodes"])
    out += (out.empty() ? "" : ", ") + node["node"].get<std::string>() + " " + node["status"].get<std::string>();
  return out;
}

json metrics(const fs::path& run) { return metrics_of(results_in(run)["rows"][0]); }

class ResultStore : public ::testing::Test {
 protected:
  ResultStore() { place_.write("blobs.yaml", kBlobs); }

  /// Runs with these arguments into a new folder, which comes back.
  fs::path run(const std::string& arguments = "", const std::string& before = "") {
    const std::string name = "run-" + std::to_string(runs_++);
    last_ = place_.shoal("run blobs.yaml --out " + name + " " + arguments, before);
    EXPECT_EQ(last_.exit, 0) << last_.err;
    return place_.folder() / name;
  }
  static void flip_a_bit(const fs::path& file) {
    ::chmod(file.c_str(), 0644);
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(fs::file_size(file) / 2);
    bytes.seekg(at);
    const int old = bytes.get();
    bytes.seekp(at);
    bytes.put(static_cast<char>(old ^ 4));
  }

  Workplace place_;
  Outcome last_;
  int runs_ = 0;
};

constexpr const char* kAllStored =
    "pca stored, length stored, groups stored, again stored, same stored, quality stored";

TEST_F(ResultStore, ASecondRunTakesEverythingAndComesToTheSame) {
  const fs::path first = run(), second = run();
  EXPECT_EQ(statuses(first), "pca ran, length ran, groups ran, again ran, same ran, quality ran");
  EXPECT_EQ(statuses(second), kAllStored);
  EXPECT_EQ(metrics(first), metrics(second));
  for (const auto& entry : fs::directory_iterator(first / "artifacts"))
    EXPECT_EQ(read_file(entry.path()), read_file(second / "artifacts" / entry.path().filename())) << entry.path();
  EXPECT_THAT(last_.out, HasSubstr("6 of 6 node runs taken from the store"));
}

TEST_F(ResultStore, WhatIsNoPartOfAResultRecomputesNothing) {
  run();
  std::string text(kBlobs);
  text.replace(text.find("same:"), 0, "# a comment\n  ");
  text.replace(text.find("name: blobs"), 11, "name: renamed");
  place_.write("blobs.yaml", text);
  EXPECT_EQ(statuses(run("--threads 1")), kAllStored);
}

TEST_F(ResultStore, AChangedParameterRecomputesWhatDependsOnIt) {
  run();
  EXPECT_EQ(statuses(run("groups.k=5")), "pca stored, length stored, groups ran, again ran, same ran, quality ran");
  // The blobs of another seed, found as well: what is measured of equal labels is known already.
  EXPECT_THAT(statuses(run("seed=4")), HasSubstr("pca ran, length ran, groups ran, again ran"));
}

TEST_F(ResultStore, ANodeThatComesOutAsBeforeRecomputesNothingAfterIt) {
  run();
  EXPECT_EQ(statuses(run("--force pca")),
            "pca ran, length stored, groups stored, again stored, same stored, quality stored");
}

TEST_F(ResultStore, APluginBuiltAnewWithEqualOutputRecomputesItsOwnNodesAlone) {
  run();
  // The same code in another file: one byte behind its end.
  const fs::path shipped = fs::path(SHOAL_PROGRAM).parent_path().parent_path() / "plugins" / "libl2-normalize.so";
  ASSERT_TRUE(fs::exists(shipped));
  const fs::path all = place_.folder() / "plugins";
  fs::create_directory(all);
  for (const auto& entry : fs::directory_iterator(shipped.parent_path()))
    if (entry.path().filename() != shipped.filename()) fs::create_symlink(entry.path(), all / entry.path().filename());
  std::ofstream(all / shipped.filename(), std::ios::binary) << read_file(shipped) << '\n';
  const fs::path program = place_.folder() / "bin" / "shoal";
  fs::create_directory(program.parent_path());
  for (const char* name : {"shoal", "shoal-host", "shoal-scan"})
    fs::copy_file(fs::path(SHOAL_PROGRAM).parent_path() / name, program.parent_path() / name);
  const std::string command =
      "cd '" + place_.folder().string() + "' && SHOAL_STORE=store bin/shoal run blobs.yaml --out anew >out.txt 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << read_file(place_.folder() / "out.txt");
  EXPECT_EQ(statuses(place_.folder() / "anew"),
            "pca stored, length ran, groups stored, again stored, same stored, quality stored");
}

// With a store the digest of what was clustered comes from the key, without one from the data itself.
TEST_F(ResultStore, WhatAClustererWasFittedToIsNamedAlikeWithAndWithoutAStore) {
  const auto data_of_groups = [](const fs::path& run) {
    const json results = results_in(run);
    for (const json& node : results["rows"][0]["nodes"])
      if (node["node"] == "groups") return node["data"];
    return json();
  };
  const json data = data_of_groups(run("--no-cache"));
  EXPECT_EQ(data["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(data["shape"], (json{600, 5}));
  EXPECT_EQ(data_of_groups(run()), data);
  EXPECT_EQ(data_of_groups(run()), data);  // and taken
}

TEST_F(ResultStore, RowsOfDifferentThreadsWorkWithThemAndKeepTheirOwn) {
  place_.write("blobs.yaml", std::string(kBlobs) + "matrix: {threads: [1, 2]}\n");
  const auto statuses_of_row = [](const fs::path& run, std::size_t row) {
    const json results = results_in(run);
    std::set<std::string> out;
    for (const json& node : results["rows"][row]["nodes"]) out.insert(node["status"]);
    return out;
  };
  const fs::path first = run(), second = run();
  for (const std::size_t row : {0, 1}) {
    EXPECT_EQ(statuses_of_row(first, row), std::set<std::string>{"ran"});
    EXPECT_EQ(statuses_of_row(second, row), std::set<std::string>{"stored"});
    EXPECT_EQ(json::parse(read_file(first / "plan.json"))["rows"][row]["threads"], row + 1);
  }
  // Each result says on how many threads it was made: those of its row.
  const std::string kept = place_.shoal("store show ''").out;
  for (const int threads : {1, 2}) {
    std::size_t made = 0;
    const std::string words = " on " + std::to_string(threads) + " threads,";
    for (std::size_t at = kept.find(words); at != std::string::npos; at = kept.find(words, at + 1)) ++made;
    EXPECT_EQ(made, 6u) << kept;
  }
  run("--threads 1");
  EXPECT_THAT(last_.err, HasSubstr("note[C214]: --threads 1 holds for all rows"));
  std::string varied(kBlobs);
  varied.insert(varied.find("report:"), "  told: {use: reporter/json-lines}\n");
  place_.write("varied.yaml", varied + "matrix: {told.use: [reporter/json-lines, reporter/terminal]}\n");
  const Outcome refused = place_.shoal("check varied.yaml");
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("error[M512]: a reporter is one for all rows"));
}

TEST_F(ResultStore, NoCacheNeitherTakesNorKeeps) {
  run("--no-cache");
  EXPECT_FALSE(fs::exists(place_.store()));
  EXPECT_EQ(statuses(run()), "pca ran, length ran, groups ran, again ran, same ran, quality ran");
}

TEST_F(ResultStore, AnyDamagedBitIsFoundAndTheResultComputedAgain) {
  const fs::path first = run();
  std::vector<fs::path> files;
  for (const char* part : {"a", "o"})
    for (const auto& entry : fs::recursive_directory_iterator(place_.store() / part))
      if (entry.is_regular_file()) files.push_back(entry.path());
  ASSERT_GT(files.size(), 10u);
  for (const fs::path& file : files) {
    flip_a_bit(file);
    const fs::path again = run();
    EXPECT_EQ(metrics(first), metrics(again)) << file;
    for (const auto& entry : fs::directory_iterator(first / "artifacts"))
      EXPECT_EQ(read_file(entry.path()), read_file(again / "artifacts" / entry.path().filename())) << file;
  }
  // Each is good again, but for arrays that nobody read.
  place_.shoal("store verify");
  EXPECT_EQ(metrics(first), metrics(run()));
  EXPECT_THAT(place_.shoal("store verify").out, HasSubstr("0 results were damaged"));
}

/// The file of the first array of a node's result.
fs::path array_of(const fs::path& store, const std::string& node) {
  for (const auto& entry : fs::recursive_directory_iterator(store / "a")) {
    if (!entry.is_regular_file()) continue;
    const std::string text = read_file(entry.path());
    const json manifest = json::parse(text.substr(0, text.size() - 65));
    if (manifest["node"] != node) continue;
    const std::string digest = manifest["blobs"].at(0);
    return store / "o" / digest.substr(0, 2) / (digest + ".npy");
  }
  return {};
}

// The features of pca are read when `length` wants them, after pca was taken.
TEST_F(ResultStore, ATakenResultThatTurnsOutDamagedIsSaidToHaveRunAndIsKeptAgain) {
  const fs::path first = run();
  const fs::path array = array_of(place_.store(), "pca");
  ASSERT_TRUE(fs::exists(array));
  flip_a_bit(array);
  const fs::path second = run("--force length");
  EXPECT_EQ(statuses(second), "pca ran, length ran, groups stored, again stored, same stored, quality stored");
  EXPECT_THAT(last_.err, HasSubstr("warning[S701]"));
  EXPECT_EQ(metrics(first), metrics(second));
  EXPECT_EQ(statuses(run("--force length")),
            "pca stored, length ran, groups stored, again stored, same stored, quality stored");
  EXPECT_THAT(last_.err, Not(HasSubstr("S701")));
}

TEST_F(ResultStore, WhatCannotBeReadNowIsComputedAgainAndNotPutAside) {
  const fs::path first = run();
  const fs::path array = array_of(place_.store(), "pca");
  fs::remove(array);
  fs::create_symlink(array, array);  // to itself: no system call can say whether it is good
  const fs::path second = run();
  EXPECT_EQ(statuses(second), "pca ran, length stored, groups stored, again stored, same stored, quality stored");
  EXPECT_THAT(last_.err, AllOf(HasSubstr("warning[S707]: the kept result of 'pca' cannot be read now"),
                               Not(HasSubstr("S701")), Not(HasSubstr("S705"))));
  EXPECT_TRUE(fs::is_empty(place_.store() / "q"));
  EXPECT_EQ(statuses(run()), kAllStored);
}

// toy-deal learns how many examples there were and cannot save it: what it predicts is that number mod k.
TEST_F(ResultStore, WhatAComponentLearntThatCannotBeSavedIsNamedByItsData) {
  place_.write("learnt.yaml", R"(shoal: 1
name: learnt
nodes:
  many:  {use: dataset/csv, with: {path: many.csv, dtype: float64}}
  deal:  {use: clusterer/toy-deal, in: {data: many}, with: {k: 3}}
  one:   {use: dataset/toy-line, with: {count: 1}}
  again: {use: deal.clusterer, in: {data: one}}
)");
  for (const std::string how : {"", "deal.cache=off", "--bench 2"}) {
    SCOPED_TRACE(how);
    const auto label_after = [&](const std::string& csv, const std::string& out) {
      place_.write("many.csv", csv);
      const Outcome outcome = place_.shoal("run learnt.yaml --out " + out + " " + how);
      EXPECT_EQ(outcome.exit, 0) << outcome.err;
      const std::string file = read_file(place_.folder() / out / "artifacts/again.labels.npy");
      fs::remove_all(place_.folder() / out);
      return file.empty() ? -1 : static_cast<int>(file.at(file.size() - 8));
    };
    EXPECT_EQ(label_after("x\n1\n2\n3\n4\n", "first"), 4 % 3);
    EXPECT_EQ(label_after("x\n1\n2\n3\n4\n5\n", "second"), 5 % 3);
  }
}

TEST_F(ResultStore, ANodeThatRowsShareIsTakenOnce) {
  run("-m groups.n_init=1,2");
  const json results = json::parse(read_file(run("-m groups.n_init=1,2") / "results.json"));
  const auto status_of_pca = [&](std::size_t row) { return results["rows"][row]["nodes"][0]["status"]; };
  EXPECT_EQ(results["rows"][0]["nodes"][0]["node"], "pca");
  EXPECT_EQ(status_of_pca(0), "stored");
  EXPECT_EQ(status_of_pca(1), "reused");
  EXPECT_THAT(last_.out, HasSubstr("10 of 10 node runs taken from the store"));  // 6 + 6, less pca and length
}

TEST_F(ResultStore, AFailureIsNotKept) {
  place_.write("toy.yaml", R"(shoal: 1
name: toy
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  deal:  {use: clusterer/toy-deal, in: {data: data}, with: {k: 2, fault: throw}}
)");
  EXPECT_EQ(place_.shoal("run toy.yaml").exit, 2);
  EXPECT_EQ(place_.shoal("run toy.yaml").exit, 2);
  EXPECT_THAT(place_.shoal("store list").out, HasSubstr("0 results"));
}

TEST_F(ResultStore, WhatCannotSaveOrLoadWhatItLearntIsComputedAgainAndFailsNobody) {
  for (const char* fault : {"save", "load"}) {
    place_.write("lost.yaml", std::string(R"(shoal: 1
name: lost
nodes:
  data:   {use: dataset/toy-line, with: {count: 6}}
  groups: {use: clusterer/toy-lost, in: {data: data}, with: {fault: )") +
                                  fault + R"(}}
  again:  {use: groups.clusterer, in: {data: data}}
  times:  {use: transform/toy-times, in: {data: data}}
)");
    const std::string out = std::string("lost-") + fault;
    const Outcome first = place_.shoal("run lost.yaml --out " + out);
    EXPECT_EQ(first.exit, 0) << first.err;
    const Outcome second = place_.shoal("run lost.yaml --out again-" + out + " --force again");
    EXPECT_EQ(second.exit, 0) << second.err;
    EXPECT_THAT(statuses(place_.folder() / ("again-" + out)), HasSubstr("times stored"));
    EXPECT_EQ(read_file(place_.folder() / out / "artifacts/again.labels.npy"),
              read_file(place_.folder() / ("again-" + out) / "artifacts/again.labels.npy"));
  }
}

TEST_F(ResultStore, PlanSaysWhatIsStoredAndWhySaysWhatChanged) {
  EXPECT_THAT(place_.shoal("plan blobs.yaml").out, HasSubstr("0 taken from the store, 1 to run, 5 only if"));
  run();
  EXPECT_THAT(place_.shoal("plan blobs.yaml").out, HasSubstr("6 taken from the store, 0 to run, 0 only if"));
  EXPECT_THAT(place_.shoal("why blobs.yaml groups").out, HasSubstr("it is taken from the store"));
  EXPECT_THAT(place_.shoal("why blobs.yaml groups groups.k=7").out,
              AllOf(HasSubstr("with k"), HasSubstr("4 → 7"), Not(HasSubstr("library"))));
  EXPECT_THAT(place_.shoal("why blobs.yaml quality groups.k=7").out, HasSubstr("its inputs are to be computed first"));
  EXPECT_THAT(place_.shoal("why blobs.yaml grups").err, HasSubstr("did you mean 'groups'?"));
  EXPECT_EQ(place_.shoal("run blobs.yaml --force grups").exit, 1);
}

TEST_F(ResultStore, DataThatCannotBeReadIsSaidWithItsNode) {
  place_.write("short.npy", "\x93NUMPY");
  place_.write("bad.yaml", R"(shoal: 1
name: bad
nodes:
  data: {use: dataset/npy, with: {path: short.npy}}
  pca:  {use: transform/pca, in: {data: data}, with: {components: 1}}
)");
  for (const char* command : {"plan bad.yaml", "why bad.yaml pca", "graph bad.yaml --stored"}) {
    const Outcome outcome = place_.shoal(command);
    EXPECT_EQ(outcome.exit, 1) << command;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("bad.yaml:4:3: error[R601]: node 'data'"), HasSubstr("short.npy")))
        << command;
  }
}

TEST_F(ResultStore, TheGraphSaysWhatIsStored) {
  run();
  EXPECT_THAT(
      place_.shoal("graph blobs.yaml --stored groups.k=5").out,
      AllOf(HasSubstr("transform/pca                stored"), HasSubstr("clusterer/kmeans                     ")));
  EXPECT_THAT(place_.shoal("graph blobs.yaml --stored --format svg").out, HasSubstr("clusterer/kmeans · stored"));
  EXPECT_THAT(place_.shoal("graph blobs.yaml --stored --format dot").out, HasSubstr("transform/pca\\nstored"));
  EXPECT_THAT(place_.shoal("graph blobs.yaml --format svg").out, Not(HasSubstr("stored")));
}

TEST_F(ResultStore, ListsShowsAndPrunes) {
  run();
  EXPECT_THAT(place_.shoal("store").out, AllOf(HasSubstr("clusterer/kmeans"), HasSubstr("6 results")));
  const std::string key = place_.shoal("store list").out.substr(place_.shoal("store list").out.find('\n') + 1, 12);
  EXPECT_THAT(place_.shoal("store show " + key).out, AllOf(HasSubstr("component"), HasSubstr("library")));
  EXPECT_EQ(place_.shoal("store show nothing").exit, 1);
  EXPECT_EQ(place_.shoal("store prune").exit, 1);
  EXPECT_EQ(place_.shoal("store prune --older 3").exit, 1);
  EXPECT_THAT(place_.shoal("store prune --max-size 0M --dry-run").out, HasSubstr("6 results would go"));
  EXPECT_THAT(place_.shoal("store prune --older 30d").out, HasSubstr("0 results are gone"));
  EXPECT_THAT(place_.shoal("store prune --max-size 0M").out, HasSubstr("6 results are gone"));
  EXPECT_THAT(place_.shoal("store list").out, HasSubstr("0 results, 0 B"));
}

TEST_F(ResultStore, PruneRefusesWhatIsNoAgeAndNoSize) {
  run();
  for (const char* size : {"infG", "nanG", "1e30T", "-1G", "5", "G", "5GB"}) {
    const Outcome outcome = place_.shoal(std::string("store prune --max-size=") + size);
    EXPECT_EQ(outcome.exit, 1) << size;
    EXPECT_THAT(outcome.err, HasSubstr("--max-size wants a number below a million and one of M, G, T, got '"));
  }
  EXPECT_THAT(place_.shoal("store prune --older 3m").err, HasSubstr("one of h, d, w, got '3m'"));
  EXPECT_THAT(place_.shoal("store").out, HasSubstr("6 results"));
}

TEST_F(ResultStore, ARunGoesOnWithoutAStoreThatCannotBe) {
  std::ofstream(place_.folder() / "store") << "a file, where a folder should be";
  run();
  EXPECT_THAT(last_.err, HasSubstr("warning[S705]"));
}

TEST_F(ResultStore, AStoreOfALaterFormatIsLeftAlone) {
  fs::create_directory(place_.store());
  std::ofstream(place_.store() / "format") << "shoal-store 9\n";
  const Outcome outcome = place_.shoal("run blobs.yaml");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("error[S706]"));
}

/// A disk of `kilobytes`; not where the system does not let us.
class SmallDisk {
 public:
  SmallDisk(const fs::path& at, int kilobytes) : at_(at) {
    fs::create_directories(at);
    mounted_ = mount("tmpfs", at.c_str(), "tmpfs", 0, ("size=" + std::to_string(kilobytes) + "k").c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(at_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  void grow_to(int kilobytes) {
    const std::string size = "size=" + std::to_string(kilobytes) + "k";
    EXPECT_EQ(mount("tmpfs", at_.c_str(), "tmpfs", MS_REMOUNT, size.c_str()), 0);
  }

 private:
  fs::path at_;
  bool mounted_ = false;
};

TEST_F(ResultStore, AFullDiskCostsTheStoreAndNotTheRun) {
  const fs::path whole = run("--no-cache");
  SmallDisk disk(place_.store(), 64);
  if (!disk.mounted()) GTEST_SKIP() << "this system does not let us mount a small disk";
  const fs::path first = run();
  EXPECT_THAT(last_.err, HasSubstr("warning[S705]"));
  EXPECT_EQ(metrics(first), metrics(whole));
  disk.grow_to(4096);
  run();
  EXPECT_EQ(statuses(run()), kAllStored);
  EXPECT_THAT(place_.shoal("store verify").out, HasSubstr("0 results were damaged"));
}

TEST_F(ResultStore, AFullDiskOfTheRunEndsItAndTheSameCommandGoesOn) {
  const fs::path whole = run("--no-cache");
  SmallDisk disk(place_.folder() / "small", 40);
  if (!disk.mounted()) GTEST_SKIP() << "this system does not let us mount a small disk";
  const Outcome full = place_.shoal("run blobs.yaml --out small/run");
  EXPECT_EQ(full.exit, 2);
  EXPECT_THAT(full.err, HasSubstr("No space left"));
  disk.grow_to(4096);
  const Outcome again = place_.shoal("run blobs.yaml --out small/again");
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(metrics(place_.folder() / "small/again"), metrics(whole));
}

}  // namespace
}  // namespace shoal::tests
