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
