// How the program says what is wrong: forms for other programs, explanations, --strict, threads.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/program.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kGood = R"(shoal: 1
name: toy
nodes:
  data: {use: dataset/toy-line}
  deal: {use: clusterer/toy-deal, in: {data: data}}
report: [deal.inertia]
)";
constexpr const char* kWrong = R"(shoal: 1
name: toy
nodes:
  data: {use: dataset/toy-line}
  deal: {use: clusterer/toy-deal, in: {data: data}, with: {k: 0}}
)";

TEST(DiagnosticsOfTheProgram, CheckWritesTheFormThatIsAskedFor) {
  const Workplace place;
  place.write("wrong.yaml", kWrong);
  const Outcome as_json = place.shoal("check wrong.yaml --format json");
  EXPECT_EQ(as_json.exit, 1);
  EXPECT_THAT(as_json.err, IsEmpty());
  const json document = json::parse(as_json.out);
  EXPECT_EQ(document["errors"], 1);
  EXPECT_EQ(document["diagnostics"][0]["id"], "K206");
  EXPECT_EQ(document["diagnostics"][0]["place"]["line"], 5);
  EXPECT_EQ(document["diagnostics"][0]["place"]["column"], 63);
  EXPECT_EQ(json::parse(place.shoal("check wrong.yaml --format sarif").out)["runs"][0]["results"].size(), 1u);
  EXPECT_THAT(place.shoal("check wrong.yaml --format github").out,
              HasSubstr("::error file=wrong.yaml,line=5,col=63,endColumn=64,title=K206 a value out of range::"));
}

TEST(DiagnosticsOfTheProgram, AGoodFileGivesADocumentWithNothingInIt) {
  const Workplace place;
  place.write("good.yaml", kGood);
  const Outcome good = place.shoal("check good.yaml --format json");
  EXPECT_EQ(good.exit, 0);
  EXPECT_EQ(good.out, "{\"diagnostics\":[],\"errors\":0,\"warnings\":0}\n");
}

TEST(DiagnosticsOfTheProgram, RunAndPlanKeepTheirOutputForResults) {
  const Workplace place;
  place.write("wrong.yaml", kWrong);
  for (const char* command : {"run wrong.yaml --format json", "plan wrong.yaml --format json"}) {
    const Outcome outcome = place.shoal(command);
    EXPECT_EQ(outcome.exit, 1);
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_EQ(json::parse(outcome.err)["errors"], 1) << command;
  }
}

TEST(DiagnosticsOfTheProgram, AFailedNodeIsInTheDocumentToo) {
  const Workplace place;
  place.write("good.yaml", kGood);
  const Outcome failed = place.shoal("run good.yaml deal.fault=throw -q --format json --out run");
  EXPECT_EQ(failed.exit, 2);
  EXPECT_EQ(json::parse(failed.err)["diagnostics"][0]["id"], "R601") << failed.err;
}

TEST(DiagnosticsOfTheProgram, StrictRefusesWarningsInEveryCommand) {
  const Workplace place;
  place.write("warns.yaml", std::string(kGood) + "x-a: &never {k: 1}\n");
  for (const char* command : {"check", "plan", "graph", "run -q --out run"}) {
    const Outcome strict = place.shoal(std::string(command) + " warns.yaml --strict");
    EXPECT_EQ(strict.exit, 1) << command;
    EXPECT_THAT(strict.err, AllOf(HasSubstr("warning[Y116]"), HasSubstr("warnings are errors with --strict")));
    EXPECT_EQ(place.shoal(std::string(command) + " warns.yaml").exit, 0) << command;
  }
}

TEST(DiagnosticsOfTheProgram, SaysWhereADeviceThatIsNotThereWasAskedFor) {
  const Workplace place;
  place.write("cuda.yaml", std::string(kGood) + "device: cuda:77\n");
  const Outcome outcome = place.shoal("run cuda.yaml -q", "CUDA_VISIBLE_DEVICES=");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, HasSubstr("cuda.yaml:7:9: error[P404]"));
}

TEST(DiagnosticsOfTheProgram, TakesTheThreadsOfTheFileAndWarnsOfMoreThanThereAre) {
  const Workplace place;
  place.write("threads.yaml", std::string(kGood) + "threads: 3000\n");
  EXPECT_THAT(place.shoal("check threads.yaml").err, HasSubstr("threads.yaml:7:10: warning[P411]: 3000 threads"));
  ASSERT_EQ(place.shoal("run threads.yaml threads=3 -q --out run").exit, 0);
  EXPECT_EQ(json::parse(read_file(place.folder() / "run/environment.json"))["threads"], 3);
  ASSERT_EQ(place.shoal("run threads.yaml --threads 2 -q --out again").exit, 0);
  EXPECT_EQ(json::parse(read_file(place.folder() / "again/environment.json"))["threads"], 2);
}

TEST(DiagnosticsOfTheProgram, WarnsOfMoreClustersThanExamplesWhereTheDataCanBeOpened) {
  const Workplace place;
  place.write("few.yaml", R"(shoal: 1
name: few
nodes:
  data: {use: dataset/toy-line, with: {count: 6}}
  some: {use: dataset/subset, in: {data: data}, with: {count: 4}}
  pca: {use: transform/pca, in: {data: some}, with: {components: 2}}
  group: {use: clusterer/kmeans, in: {data: pca}, with: {k: 4}}
report: [group.inertia]
)");
  EXPECT_THAT(place.shoal("check few.yaml --strict").err, IsEmpty());  // as many as there are examples
  for (const char* command : {"check", "plan"}) {
    const Outcome warned = place.shoal(std::string(command) + " few.yaml -m group.k=2,5,6");
    EXPECT_EQ(warned.exit, 0) << command;
    EXPECT_THAT(warned.err, AllOf(HasSubstr("warning[P402]: 'group' is to find 5 clusters, but 'pca' gives 4 examples"),
                                  HasSubstr("in row 2 of 3: group.k=5, seed=0"), HasSubstr("2 warnings")))
        << command;
    const Outcome strict = place.shoal(std::string(command) + " few.yaml group.k=5 --strict");
    EXPECT_EQ(strict.exit, 1) << command;
    EXPECT_THAT(strict.err, HasSubstr("warnings are errors with --strict"));
  }
  place.write("more.yaml", "base: few.yaml\nnodes:\n  group: {with: {k: 5}}\n");
  EXPECT_THAT(place.shoal("check more.yaml").err, HasSubstr("more.yaml:3:21: warning[P402]"));
  EXPECT_THAT(place.shoal("check more.yaml --format json").out, HasSubstr("\"warnings\":1"));
  EXPECT_EQ(place.shoal("run few.yaml group.k=5 -q").exit, 2) << "k-means refuses it";
}

TEST(DiagnosticsOfTheProgram, RefusesADtypeThatTheRunWouldRefuse) {
  const Workplace place;
  place.write("points.csv", "1,2\n3,4\n5,6\n");
  place.write("dtype.yaml", R"(shoal: 1
name: dtype
nodes:
  data: {use: dataset/csv, with: {path: points.csv, header: "no"}}
  double: {use: transform/toy-times, in: {data: data}}
  group: {use: clusterer/toy-deal, in: {data: double}}
report: [group.inertia]
)");
  for (const char* command : {"check", "plan"}) {
    const Outcome refused = place.shoal(std::string(command) + " dtype.yaml");
    EXPECT_EQ(refused.exit, 1) << command;
    EXPECT_THAT(refused.err,
                AllOf(HasSubstr("dtype.yaml:5:49: error[P405]: transform/toy-times does not take float32 features, "
                                "and 'data' (dataset/csv) gives such"),
                      HasSubstr("it takes float64"), HasSubstr("1 error")))
        << command;
  }
  EXPECT_THAT(place.shoal("run dtype.yaml -q").err, HasSubstr("toy-times does not take float32 features"));
  EXPECT_THAT(place.shoal("check dtype.yaml data.dtype=float64").err, IsEmpty());
  EXPECT_EQ(place.shoal("run dtype.yaml data.dtype=float64 -q").exit, 0);
}

TEST(DiagnosticsOfTheProgram, FetchesNoDataForACheckAndTakesDataThatIsElsewhereAsGood) {
  if (std::filesystem::exists("/usr/share/datasets/cifar10")) GTEST_SKIP() << "the data is on this machine";
  const Workplace place;
  place.write("absent.yaml", R"(shoal: 1
name: absent
nodes:
  data: {use: dataset/cifar10}
  group: {use: clusterer/kmeans, in: {data: data}, with: {k: 99999999}}
report: [group.inertia]
)");
  const Outcome good = place.shoal("check absent.yaml --strict --data nowhere",
                                   "XDG_CACHE_HOME=\"$PWD/cache\" XDG_DATA_HOME=\"$PWD\" HOME=\"$PWD\"");
  EXPECT_EQ(good.exit, 0) << good.err;
  // A download makes its folder before it asks anybody.
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "cache/shoal/data"));
}

TEST(DiagnosticsOfTheProgram, ExplainsAnId) {
  const Workplace place;
  EXPECT_THAT(place.shoal("explain k206 G306").out,
              AllOf(HasSubstr("K206: a value out of range"), HasSubstr("G306: nodes depend on themselves")));
  EXPECT_THAT(place.shoal("explain").out, AllOf(HasSubstr("  Y101  "), HasSubstr("  F815  ")));
  const Outcome unknown = place.shoal("explain K999");
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no diagnostic 'K999'"));
}

}  // namespace
}  // namespace shoal::tests
