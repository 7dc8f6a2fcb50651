// What a check finds in an experiment, and where. Each text is a whole file; the plugin of tests/plugins/toys.cpp is
// all that is loaded.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "framework/config/emit.h"
#include "framework/graph/plan.h"
#include "shoal/free_value.h"
#include "shoal/schema.h"

namespace shoal::host {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CheckTest : public ::testing::Test {
 protected:
  CheckTest() { registry_.load_folder(std::string(SHOAL_TEST_PLUGINS) + "/toys"); }
  ~CheckTest() override { std::filesystem::remove(file_); }

  std::optional<Plan> plan(const std::string& nodes_and_rest, std::vector<std::string> overrides = {}) {
    std::ofstream(file_) << "shoal: 1\nname: test\n" << nodes_and_rest;
    found_ = {};
    return plan_experiment({.file = file_.string(), .overrides = std::move(overrides), .seeds = {}}, registry_, found_);
  }
  /// All that is wrong with it, as printed.
  std::string wrong(const std::string& nodes_and_rest, std::vector<std::string> overrides = {}) {
    EXPECT_FALSE(plan(nodes_and_rest, std::move(overrides)).has_value());
    return config::render(found_);
  }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("shoal-check-test-" + std::to_string(getpid()) + ".yaml");
  Services services_{1};
  Registry registry_{services_};
  config::Diagnostics found_;
};

//   data ──► deal ──labels──► share ◄──labels── data
constexpr const char* kGood = R"(
nodes:
  data:  {use: dataset/toy-line, with: {count: 6}}
  deal:  {use: clusterer/toy-deal, in: {data: data}, with: {k: 2}}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: deal.labels}}
report: [share, deal.inertia]
)";

TEST_F(CheckTest, PlansAGoodExperiment) {
  const auto plan = this->plan(kGood);
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  EXPECT_EQ(plan->rows.size(), 1u);
  EXPECT_EQ(plan->tasks.size(), 3u);
  EXPECT_TRUE(found_.empty());
}

TEST_F(CheckTest, PutsNodesBehindWhatTheyNeedHoweverTheyAreWritten) {
  const auto plan = this->plan(R"(
nodes:
  sum:   {use: metric/toy-sum, in: {features: times}}
  times: {use: transform/toy-times, in: {data: data}}
  data:  {use: dataset/toy-line}
)");
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  EXPECT_THAT(plan->rows[0].graph.order, ElementsAre(2, 1, 0));
}

TEST_F(CheckTest, NamesTheNearestComponent) {
  EXPECT_THAT(wrong("nodes: {a: {use: clusterer/toy-deel}}\n"),
              AllOf(HasSubstr(":3:18: error[K202]"), HasSubstr("did you mean 'clusterer/toy-deal'?")));
}

TEST_F(CheckTest, SuggestsTheKindThatWasLeftOut) {
  EXPECT_THAT(wrong("nodes: {a: {use: toy-deal}}\n"),
              AllOf(HasSubstr("error[G301]"), HasSubstr("use: clusterer/toy-deal")));
}

TEST_F(CheckTest, NamesTheNearestParameter) {
  EXPECT_THAT(wrong("nodes: {a: {use: dataset/toy-line, with: {coutn: 3}}}\n"),
              AllOf(HasSubstr("error[K203]"), HasSubstr("did you mean 'count'?")));
}

TEST_F(CheckTest, TakesAFormerNameWithAHint) {
  EXPECT_TRUE(plan("nodes: {a: {use: dataset/toy-line, with: {n: 3}}, s: {use: metric/toy-sum, in: {features: a}}}\n")
                  .has_value());
  EXPECT_THAT(config::render(found_), AllOf(HasSubstr("warning[K213]"), HasSubstr("'n' is called 'count' here")));
}

TEST_F(CheckTest, NamesTheParameterWhoseFormerNameIsNear) {
  EXPECT_THAT(wrong("nodes: {a: {use: clusterer/toy-deal, with: {n_cluster: 3}}}\n"), HasSubstr("did you mean 'k'?"));
}

TEST_F(CheckTest, SaysTheRangeThatAValueLeft) {
  EXPECT_THAT(wrong("nodes: {a: {use: clusterer/toy-deal, with: {k: 0}}}\n"),
              AllOf(HasSubstr(":3:48: error[K206]: 'k' must be at least 1, but is 0"),
                    HasSubstr("clusterer/toy-deal takes k ≥ 1 (default 2)")));
}

TEST_F(CheckTest, SaysTheChoices) {
  EXPECT_THAT(wrong("nodes: {a: {use: transform/toy-times, with: {mode: plane}}}\n"),
              AllOf(HasSubstr("error[K207]"), HasSubstr("not one of plain, noisy; did you mean 'plain'?")));
}

TEST_F(CheckTest, SaysTheTypeThatIsWanted) {
  EXPECT_THAT(wrong("nodes: {a: {use: clusterer/toy-deal, with: {k: ten}}}\n"), HasSubstr("error[K205]"));
}

TEST_F(CheckTest, ReadsAFreeMapAsItLooks) {
  const auto plan = this->plan(R"(
nodes:
  data: {use: dataset/toy-line}
  deal:
    use: clusterer/toy-deal
    in: {data: data}
    with:
      free: {z: null, whole: 3, real: 0.5, inf: .inf, flag: true, word: no, digits: "3", list: [1, two, {a: [ ]}], map: {}}
)");
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  const Parameters& parameters = *plan->rows[0].graph.node("deal").parameters;
  const shoal_value& free = parameters.values()[2];
  ASSERT_EQ(free.type, SHOAL_MAP);
  std::vector<std::string> keys;
  std::vector<int> types;
  for (std::int64_t i = 0; i < free.count; ++i) {
    keys.emplace_back(free.as.entries[i].key);
    types.push_back(free.as.entries[i].value.type);
  }
  EXPECT_THAT(keys, ElementsAre("digits", "flag", "inf", "list", "map", "real", "whole", "word", "z"));
  EXPECT_THAT(types, ElementsAre(SHOAL_TEXT, SHOAL_BOOL, SHOAL_REAL, SHOAL_LIST, SHOAL_MAP, SHOAL_REAL, SHOAL_INT,
                                 SHOAL_TEXT, SHOAL_NULL));
  EXPECT_EQ(config::emit_flow(*parameters.to_yaml().find("free")),
            "{digits: '3', flag: true, inf: .inf, list: [1, two, {a: []}], map: {}, real: 0.5, whole: 3, word: 'no', "
            "z: null}");
  // What a component makes of it, in C++.
  FreeMap map;
  detail::read_value(free, map);
  EXPECT_EQ(*map.find("digits")->get_if<std::string>(), "3");
  EXPECT_EQ(*map.find("whole")->get_if<std::int64_t>(), 3);
  EXPECT_TRUE(map.find("z")->is_null());
  const FreeList& list = *map.find("list")->get_if<FreeList>();
  EXPECT_EQ(*list.at(1).get_if<std::string>(), "two");
  EXPECT_TRUE(list.at(2).get_if<FreeMap>()->find("a")->get_if<FreeList>()->empty());
  EXPECT_EQ(map.find("absent"), nullptr);
}

TEST_F(CheckTest, TakesAFreeMapsContentIntoTheKeyButNotItsOrder) {
  const auto key = [&](const std::string& free) {
    const auto plan =
        this->plan(std::string("nodes:\n  data: {use: dataset/toy-line}\n  deal: {use: clusterer/toy-deal, ") +
                   "in: {data: data}, with: {free: " + free + "}}\n");
    EXPECT_TRUE(plan.has_value()) << config::render(found_);
    return plan ? plan->tasks[plan->rows[0].tasks[1]].key : "";
  };
  const std::string one = key("{a: 1, b: {c: 2, d: [3]}}");
  EXPECT_EQ(key("{b: {d: [3], c: 2}, a: 1}"), one);
  for (const char* other : {"{a: 1, b: {c: 2, d: [4]}}", "{a: 1.0, b: {c: 2, d: [3]}}", "{a: \"1\", b: {c: 2, d: [3]}}",
                            "{a: 1, b: {c: 2}, d: [3]}", "{a: 1, b: {c: 2, e: [3]}}", "{}"})
    EXPECT_NE(key(other), one) << other;
}

TEST_F(CheckTest, WantsAMapWhereAFreeOneIsDeclared) {
  EXPECT_THAT(wrong("nodes: {a: {use: clusterer/toy-deal, with: {free: [1]}}}\n"),
              AllOf(HasSubstr("error[K205]"), HasSubstr("'free' wants a map of anything, got a list")));
  EXPECT_THAT(wrong("nodes: {a: {use: clusterer/toy-deal, with: {free: {b: {c: [99999999999999999999]}}}}}\n"),
              AllOf(HasSubstr("error[K205]"), HasSubstr("'free.b.c[0]'")));
}

TEST_F(CheckTest, KnowsTheKeysOfANode) {
  EXPECT_THAT(wrong("nodes: {a: {use: dataset/toy-line, wiht: {count: 3}}}\n"),
              AllOf(HasSubstr("error[K201]"), HasSubstr("did you mean 'with'?")));
}

TEST_F(CheckTest, SaysWhichNodeIsNotThere) {
  EXPECT_THAT(wrong("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: {features: dat}}}\n"),
              AllOf(HasSubstr("error[G301]"), HasSubstr("did you mean 'data'?")));
}

TEST_F(CheckTest, ListsTheOutputsThatThereAre) {
  EXPECT_THAT(wrong("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: {features: data.lables}}}\n"),
              AllOf(HasSubstr("error[G302]"), HasSubstr("did you mean 'labels'?"), HasSubstr("dataset, labels")));
}

TEST_F(CheckTest, SaysBothEndsOfAnEdgeThatDoesNotFit) {
  EXPECT_THAT(
      wrong("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: {features: data.labels}}}\n"),
      AllOf(HasSubstr("error[G303]: 'features' of 's' wants features (N, D), but 'data.labels' gives labels (N)"),
            HasSubstr("'data.dataset' would fit")));
}

TEST_F(CheckTest, RefusesAComponentWithoutTheTraitThatAPortNeeds) {
  const auto over = [](const std::string& data) {
    return "nodes: {data: {use: dataset/" + data +
           "}, m: {use: dataset/toy-mirror, in: {data: data}}, s: {use: metric/toy-sum, in: {features: m}}}\n";
  };
  EXPECT_THAT(wrong(over("toy-line")),
              AllOf(HasSubstr("error[P403]: 'data' of 'm' needs a dataset with the trait 'dataset-view', which "
                              "dataset/toy-line has not"),
                    HasSubstr("these have it: dataset/toy-shown")));
  EXPECT_TRUE(plan(over("toy-shown")).has_value()) << config::render(found_);
}

TEST_F(CheckTest, SaysWhichInputIsMissingAndWhichIsUnknown) {
  const std::string text =
      wrong("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: {points: data}}}\n");
  EXPECT_THAT(text, AllOf(HasSubstr("error[G304]: 's' has nothing wired to 'features'"), HasSubstr("error[G305]")));
}

TEST_F(CheckTest, SaysOneErrorWhereThereIsOneCause) {
  const auto one = [&](const std::string& text, const std::string& id) {
    const std::string said = wrong(text);
    EXPECT_THAT(said, AllOf(HasSubstr(id), HasSubstr("1 error in 1 file. Nothing was run.")));
  };
  // A misspelled port is not missing besides; nor does a node feed nothing because its name or its reader is
  // misspelled.
  one("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: {feature: data}}}\n", "G305");
  one("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: {features: dta}}}\n", "G301");
  one("nodes: {data: {use: dataset/toy-line}, d: {use: clusterer/toy-deal, in: {dta: data}}, "
      "s: {use: metric/toy-agreement, in: {labels: data.labels, predicted: d}}}\n",
      "has no input 'dta'; did you mean 'data'?");
  one("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-summ, in: {features: data}}}\n", "K202");
  // Nothing of an unknown component is judged: its parameters, its ports, its outputs.
  one("nodes: {a: {use: dataset/toy-lines, with: {x: 1}}, s: {use: metric/toy-sum, in: {features: a.what}}}\n", "K202");
}

TEST_F(CheckTest, LooksUpWhatGoesIntoAnUnknownComponent) {
  EXPECT_THAT(
      wrong("nodes: {data: {use: dataset/toy-line}, s: {use: metric/toy-summ, in: {x: data.lables, y: dta}}}\n"),
      AllOf(HasSubstr("K202"), HasSubstr("G301"), HasSubstr("G302"), HasSubstr("3 errors")));
}

TEST_F(CheckTest, KnowsWhereAParameterBelongs) {
  EXPECT_THAT(
      wrong("nodes: {a: {use: dataset/toy-line, with: {factor: 2}}, t: {use: transform/toy-times, in: {data: a}}}\n"),
      HasSubstr("'factor' belongs to 't' (transform/toy-times)"));
  EXPECT_THAT(wrong("nodes: {a: {use: dataset/toy-line, count: 3}}\n"),
              AllOf(HasSubstr("error[K201]: unknown key 'count' in node 'a'\n"),
                    HasSubstr("it is a parameter of dataset/toy-line: write `with: {count: …}`")));
}

TEST_F(CheckTest, FindsTheErrorsOfEveryRowAndSaysWhichRowsHaveThem) {
  const std::string text = wrong(std::string(kGood) +
                                 "matrix: {deal.k: [2, 0, 3, -1], data.count: [6, 2000], seeds: 2}\n"
                                 "colour: red\n");
  // 4·2·2 = 16 rows: k = 0 in rows 5 to 8, k = -1 in rows 13 to 16, 2000 in rows 3, 4, 7, 8 …, the key in all.
  EXPECT_THAT(text, HasSubstr("'k' must be at least 1, but is 0"));
  EXPECT_THAT(text, HasSubstr("first in row 5 of 16: deal.k=0, data.count=6, seed=0; and in 3 others"));
  EXPECT_THAT(text, HasSubstr("first in row 13 of 16: deal.k=-1, data.count=6, seed=0; and in 3 others"));
  EXPECT_THAT(text, HasSubstr("first in row 3 of 16: deal.k=2, data.count=2000, seed=0; and in 7 others"));
  EXPECT_THAT(text, AllOf(HasSubstr("error[K201]"), HasSubstr("4 errors in 1 file")));
}

TEST_F(CheckTest, FindsTheRowsErrorsBesideThoseOfTheCommandLine) {
  EXPECT_THAT(wrong(std::string(kGood) + "matrix: {deal.k: [2, 0]}\n", {"dael.k=3"}),
              AllOf(HasSubstr("C210"), HasSubstr("in row 2 of 2: deal.k=0, seed=0\n"), HasSubstr("2 errors")));
}

TEST_F(CheckTest, CallsNothingMissingThatABrokenMatrixMayHaveSet) {
  const std::string text = wrong(R"(
nodes:
  data: {use: dataset/toy-line}
  deal: {in: {data: data}, with: {k: 2}}
matrix: {backend: {one: {deal.use: clusterer/toy-deal}}, deal.k: 3}
)");
  EXPECT_THAT(text, AllOf(HasSubstr("M502"), HasSubstr("1 error in 1 file")));
}

TEST_F(CheckTest, FindsTheErrorsOfAThousandRows) {
  const std::string text = wrong(std::string(kGood) + "matrix: {deal.k: {from: -999, to: 0, step: 1}}\n");
  EXPECT_THAT(text, HasSubstr("and 950 more"));
}

TEST_F(CheckTest, RefusesASecondNodeAtASinglePort) {
  EXPECT_THAT(wrong("nodes: {a: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: {features: [a, a]}}}\n"),
              HasSubstr("error[G308]"));
}

TEST_F(CheckTest, ShowsACycleNodeByNode) {
  //   a ──► b ──► a
  const std::string text = wrong(R"(
nodes:
  a: {use: transform/toy-times, in: {data: b}}
  b: {use: transform/toy-times, in: {data: a}}
)");
  EXPECT_THAT(text, AllOf(HasSubstr("error[G306]"), HasSubstr("a → b → a")));
}

TEST_F(CheckTest, RefusesAPortThatAClustererIgnores) {
  EXPECT_THAT(wrong("nodes: {a: {use: dataset/toy-line}, d: {use: clusterer/toy-deal, in: {data: a, weights: a}}}\n"),
              HasSubstr("error[P403]: clusterer/toy-deal does not take 'weights'"));
}

TEST_F(CheckTest, WarnsOfANodeThatFeedsNothing) {
  EXPECT_TRUE(plan("nodes: {a: {use: dataset/toy-line}, b: {use: dataset/toy-line}, s: {use: metric/toy-sum, in: "
                   "{features: a}}}\n")
                  .has_value());
  EXPECT_THAT(config::render(found_), HasSubstr("warning[G307]: node 'b' feeds nothing"));
}

TEST_F(CheckTest, RefusesAReportOfWhatIsNoNumber) {
  EXPECT_THAT(
      wrong("nodes: {a: {use: dataset/toy-line}, d: {use: clusterer/toy-deal, in: {data: a}}}\nreport: [d.labels]\n"),
      AllOf(HasSubstr("error[G310]"), HasSubstr("d.inertia")));
}

TEST_F(CheckTest, FindsAllErrorsAtOnce) {
  const std::string text = wrong(R"(
nodes:
  data: {use: dataset/toy-line, with: {coutn: 3}}
  deal: {use: clusterer/toy-deal, in: {data: dta}, with: {k: 0}}
  sum:  {use: metric/toy-sumo}
report: [nobody]
colour: red
)");
  for (const char* id : {"K203", "G301", "K206", "K202", "K201"}) EXPECT_THAT(text, HasSubstr(id));
  EXPECT_THAT(text, HasSubstr("Nothing was run."));
}

TEST_F(CheckTest, AppliesOverridesAndPlacesTheirErrors) {
  EXPECT_THAT(wrong(kGood, {"deal.k=0"}), HasSubstr("command line:1:8: error[K206]"));
  EXPECT_THAT(wrong(kGood, {"dael.k=3"}), AllOf(HasSubstr("command line:1:1: error[C210]"), HasSubstr("deal")));
}

TEST_F(CheckTest, PutsAMadeComponentToWork) {
  const auto plan = this->plan(R"(
nodes:
  data:  {use: dataset/toy-line}
  deal:  {use: clusterer/toy-deal, in: {data: data}}
  again: {use: deal.clusterer, in: {data: data}}
  share: {use: metric/toy-agreement, in: {labels: data.labels, predicted: again}}
)");
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  EXPECT_TRUE(plan->rows[0].graph.node("again").at_work);
}

TEST_F(CheckTest, ComputesOnceWhatRowsShare) {
  const auto plan = this->plan(std::string(kGood) + "matrix: {deal.k: [2, 3], seeds: 2}\n");
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  EXPECT_EQ(plan->rows.size(), 4u);
  // No component of this graph draws random numbers, so the seeds share everything: 1 dataset, 2 deals, 2 shares.
  EXPECT_EQ(plan->tasks.size(), 5u);
}

TEST_F(CheckTest, GivesARandomNodeAKeyForEachSeed) {
  const auto plan = this->plan(R"(
nodes:
  data:  {use: dataset/toy-line}
  times: {use: transform/toy-times, in: {data: data}}
  sum:   {use: metric/toy-sum, in: {features: times}}
matrix: {seeds: 3}
)");
  ASSERT_TRUE(plan.has_value()) << config::render(found_);
  EXPECT_EQ(plan->tasks.size(), 1u + 3u + 3u);
}

TEST_F(CheckTest, KeepsAKeyWhenAnotherNodeIsAdded) {
  const auto before = plan(kGood);
  ASSERT_TRUE(before.has_value());
  const std::string key = before->tasks[before->rows[0].tasks[1]].key;
  std::string more = kGood;
  more.insert(more.find("  data:"), "  extra: {use: dataset/toy-line}\n");
  const auto after = plan(more);
  ASSERT_TRUE(after.has_value()) << config::render(found_);
  EXPECT_EQ(after->tasks[after->rows[0].tasks[2]].key, key);
}

TEST_F(CheckTest, ChoosesBetweenLibrariesByTheirName) {
  const auto copy = std::filesystem::temp_directory_path() / ("libshoal-copy-" + std::to_string(getpid()) + ".so");
  std::filesystem::copy_file(std::string(SHOAL_TEST_PLUGINS) + "/toys/libtoys.so", copy,
                             std::filesystem::copy_options::overwrite_existing);
  registry_.load_file(copy);
  const std::string rest = "s: {use: metric/toy-sum, library: libtoys.so, in: {features: a}}}\n";
  EXPECT_THAT(wrong("nodes: {a: {use: dataset/toy-line}, " + rest),
              AllOf(HasSubstr("error[K216]"), HasSubstr("is in both"), HasSubstr("`library: libtoys.so`")));
  EXPECT_THAT(wrong("nodes: {a: {use: dataset/toy-line, library: libfoo.so}}\n"),
              AllOf(HasSubstr(":3:45: error[K202]: 'dataset/toy-line' is not in library 'libfoo.so'")));
  EXPECT_TRUE(plan("nodes: {a: {use: dataset/toy-line, library: libtoys.so}, " + rest).has_value())
      << config::render(found_);
  std::filesystem::remove(copy);
}

TEST_F(CheckTest, RefusesASeedThatIsNoNumber) {
  EXPECT_THAT(wrong(std::string("seed: often") + kGood), HasSubstr(":3:7: error[K205]: 'seed' wants an integer"));
}

}  // namespace
}  // namespace shoal::host
