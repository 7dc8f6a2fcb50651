// What is offered at the end of a line, from a catalogue of two commands and two components.
#include "framework/cli/complete.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace shoal::cli {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const json kCatalogue = json::parse(R"({
  "commands": {
    "run": {"help": "Plan and run an experiment",
            "options": [{"names": ["--device"], "help": "cpu or cuda", "type": "TEXT", "values": [], "takes_value": true},
                        {"names": ["--quiet", "-q"], "help": "No progress", "type": "", "values": [], "takes_value": false},
                        {"names": ["--with"], "help": "A file laid over it", "type": "FILE", "values": [], "takes_value": true},
                        {"names": ["--out"], "help": "The run folder", "type": "DIR", "values": [], "takes_value": true},
                        {"names": ["--format"], "help": "", "type": "TEXT:{text,dot}", "values": ["text", "dot"], "takes_value": true}],
            "positionals": [{"name": "experiment", "help": "", "type": "EXP", "values": [], "takes_value": true},
                            {"name": "override", "help": "", "type": "PATH=VALUE", "values": [], "takes_value": true}]},
    "plugins": {"help": "What is loaded", "options": [], "positionals": []},
    "plugins show": {"help": "One component", "options": [],
                     "positionals": [{"name": "component", "help": "", "type": "TEXT", "values": [], "takes_value": true}]}},
  "schema": {
    "properties": {"seed": {"description": "Of all randomness"}, "threads": {},
                   "device": {"anyOf": [{"enum": ["auto", "cpu"]}]},
                   "run": {"properties": {"jobs": {"description": "processes"}, "fail_fast": {"type": ["boolean", "string"]}}}},
    "definitions": {
      "use": {"anyOf": [{"enum": ["clusterer/gmm", "clusterer/kmeans"], "enumDescriptions": ["mixtures", "means"]}]},
      "node": {
        "properties": {"use": {}, "in": {}, "with": {}, "timeout": {"description": "Seconds"}},
        "allOf": [
          {"if": {"properties": {"use": {"enum": ["clusterer/kmeans"]}}},
           "then": {"properties": {
             "in": {"properties": {"data": {"description": "features"}}},
             "with": {"properties": {"k": {"description": "clusters", "type": ["integer", "string"], "default": 8},
                                     "init": {"anyOf": [{"enum": ["k-means++", "random"]}]},
                                     "n_clusters": {"doNotSuggest": true},
                                     "fast": {"type": ["boolean", "string"]},
                                     "min_size": {"type": ["integer", "string", "null"]}}}}}},
          {"if": {"properties": {"use": {"enum": ["clusterer/gmm"]}}},
           "then": {"properties": {"in": {"properties": {}}, "timeout": false,
                                   "with": {"properties": {"covariance": {}}}}}}]}}}
})");

class CompleteTest : public ::testing::Test {
 protected:
  CompleteTest() {
    std::ofstream(file_) << R"(shoal: 1
name: test
nodes:
  data: {use: dataset/none}
  kmeans: {use: clusterer/kmeans, in: {data: data}, with: {k: 5}}
matrix:
  backend: {ours: {kmeans.k: 3}, theirs: {kmeans.k: 4}}
  kmeans.k: [1, 2]
)";
  }
  ~CompleteTest() override { std::filesystem::remove(file_); }

  static std::vector<std::string> offered(const std::vector<std::string>& words) {
    std::vector<std::string> out;
    for (const Candidate& one : complete(kCatalogue, words).candidates) out.push_back(one.text);
    return out;
  }
  std::vector<std::string> overrides(const std::string& word, const std::vector<std::string>& before = {}) const {
    std::vector<std::string> words = {"run", file_.string()};
    words.insert(words.end(), before.begin(), before.end());
    words.push_back(word);
    return offered(words);
  }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("shoal-complete-test-" + std::to_string(getpid()) + ".yaml");
};

TEST_F(CompleteTest, OffersCommandsAndWhatIsBelowThem) {
  EXPECT_THAT(offered({""}), ElementsAre("plugins", "run"));
  EXPECT_THAT(offered({"ru"}), ElementsAre("run"));
  EXPECT_THAT(offered({"plugins", ""}), ElementsAre("show"));
  EXPECT_THAT(offered({"plugins", "show", "clusterer/k"}), ElementsAre("clusterer/kmeans"));
  EXPECT_THAT(offered({"fly", ""}), IsEmpty());
}

TEST_F(CompleteTest, OffersOptionsAndTheirValues) {
  EXPECT_THAT(offered({"run", "--"}), ElementsAre("--device", "--quiet", "--with", "--out", "--format"));
  EXPECT_THAT(offered({"run", "--format", "d"}), ElementsAre("dot"));
  EXPECT_TRUE(complete(kCatalogue, {"run", "--out", ""}).files);
  EXPECT_FALSE(complete(kCatalogue, {"run", "--device", ""}).files);
}

TEST_F(CompleteTest, LeavesTheExperimentToTheShell) {
  EXPECT_TRUE(complete(kCatalogue, {"run", ""}).files);
  EXPECT_TRUE(complete(kCatalogue, {"run", "--quiet", "con"}).files);
  EXPECT_FALSE(complete(kCatalogue, {"run", "--quiet", file_.string(), ""}).files);
}

TEST_F(CompleteTest, OffersNodesAxesAndSettingsFirst) {
  EXPECT_THAT(overrides(""),
              ElementsAre("data.", "kmeans.", "backend=", "seed=", "device=", "threads=", "run.", "matrix."));
}

TEST_F(CompleteTest, OffersTheParametersOfTheComponentThatANodeUses) {
  EXPECT_THAT(overrides("kmeans."), ElementsAre("kmeans.fast=", "kmeans.init=", "kmeans.k=", "kmeans.min_size=",
                                                "kmeans.in.", "kmeans.timeout=", "kmeans.use="));
  EXPECT_THAT(overrides("kmeans.in."), ElementsAre("kmeans.in.data="));
  EXPECT_EQ(complete(kCatalogue, {"run", file_.string(), "kmeans.k"}).candidates.at(0).help, "clusters");
}

TEST_F(CompleteTest, KnowsWhatTheLineHasChangedAlready) {
  EXPECT_THAT(overrides("kmeans.", {"kmeans.use=clusterer/gmm"}),
              ElementsAre("kmeans.covariance=", "kmeans.in.", "kmeans.use="));
}

TEST_F(CompleteTest, OffersValuesBehindTheSign) {
  EXPECT_THAT(overrides("kmeans.use=clusterer/k"), ElementsAre("kmeans.use=clusterer/kmeans"));
  EXPECT_THAT(overrides("kmeans.init="), ElementsAre("kmeans.init=k-means++", "kmeans.init=random"));
  EXPECT_THAT(overrides("nodes.kmeans.with.init=r"), ElementsAre("nodes.kmeans.with.init=random"));
  EXPECT_THAT(overrides("kmeans.fast="), ElementsAre("kmeans.fast=true", "kmeans.fast=false"));
  EXPECT_THAT(overrides("kmeans.min_size="), ElementsAre("kmeans.min_size=null"));
  EXPECT_THAT(overrides("kmeans.k="), ElementsAre("kmeans.k=8"));
  EXPECT_THAT(overrides("kmeans.in.data="), ElementsAre("kmeans.in.data=data"));
  EXPECT_THAT(overrides("device="), ElementsAre("device=auto", "device=cpu"));
  EXPECT_THAT(overrides("run."), ElementsAre("run.fail_fast=", "run.jobs="));
  EXPECT_THAT(overrides("run.fail_fast="), ElementsAre("run.fail_fast=true", "run.fail_fast=false"));
}

TEST_F(CompleteTest, OffersCasesOfAnAxisAndTheMatrixItself) {
  EXPECT_THAT(overrides("backend="), ElementsAre("backend=ours", "backend=theirs"));
  EXPECT_THAT(overrides("matrix."), ElementsAre("matrix.backend=", "matrix.kmeans.k=", "matrix.seeds="));
}

TEST_F(CompleteTest, OffersWhatCanBeRemoved) {
  EXPECT_THAT(overrides("~"), ElementsAre("~data", "~kmeans", "~matrix.backend", "~matrix.kmeans.k"));
  EXPECT_THAT(overrides("~kmeans."), ElementsAre("~kmeans.k"));
}

class CompleteLayersTest : public CompleteTest {
 protected:
  CompleteLayersTest() { std::filesystem::create_directories(folder_); }
  ~CompleteLayersTest() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_ = file_.string() + ".folder";
};

TEST_F(CompleteLayersTest, KnowsTheNodesOfTheFilesThatAnExperimentIsBasedOn) {
  write("base.yaml",
        "shoal: 1\nname: base\nvars: {component: clusterer/kmeans}\nnodes:\n"
        "  kmeans: {use: \"${vars.component}\"}\n  again: {like: kmeans}\n");
  write("middle.yaml", "base: base.yaml\nnodes:\n  data: {use: dataset/none}\n");
  write("top.yaml", "base: middle.yaml\nname: top\n");
  EXPECT_THAT(offered({"run", at("top.yaml"), ""}),
              ElementsAre("kmeans.", "again.", "data.", "seed=", "device=", "threads=", "vars.", "run."));
  EXPECT_THAT(offered({"run", at("top.yaml"), "kmeans.i"}), ElementsAre("kmeans.init=", "kmeans.in."));
  EXPECT_THAT(offered({"run", at("top.yaml"), "again.i"}), ElementsAre("again.init=", "again.in."));
  EXPECT_THAT(offered({"run", at("top.yaml"), "vars.component=clusterer/gmm", "kmeans.c"}),
              ElementsAre("kmeans.covariance="));
  EXPECT_THAT(offered({"run", at("top.yaml"), "vars."}), ElementsAre("vars.component="));
}

TEST_F(CompleteLayersTest, KnowsTheFilesThatTheLineLaysOverIt) {
  write("more.yaml", "nodes:\n  mixture: {use: clusterer/gmm}\n");
  EXPECT_THAT(offered({"run", "--with", at("more.yaml"), file_.string(), "mixture.c"}),
              ElementsAre("mixture.covariance="));
  EXPECT_TRUE(complete(kCatalogue, {"run", "--with", ""}).files);
}

TEST_F(CompleteLayersTest, ReadsTheFileAloneWhereABaseIsNotThere) {
  write("top.yaml", "base: nowhere.yaml\nnodes:\n  kmeans: {use: clusterer/kmeans}\n");
  EXPECT_THAT(offered({"run", at("top.yaml"), "kmeans.f"}), ElementsAre("kmeans.fast="));
}

TEST_F(CompleteTest, SaysNothingAboutAnExperimentThatCannotBeRead) {
  EXPECT_THAT(offered({"run", "/nowhere.yaml", "kmeans."}), IsEmpty());
  std::ofstream(file_) << "nodes: [";
  EXPECT_THAT(overrides("kmeans."), IsEmpty());
  EXPECT_THAT(overrides("kmeans.k="), IsEmpty());
}

}  // namespace
}  // namespace shoal::cli
