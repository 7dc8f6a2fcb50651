// Experiments made of several files, variables and the command line, as a user meets them. The toys' numbers are those
// of program_test.cpp: the features of toy-line are (i, 2i), so 6 examples sum to 3·15 = 45.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/results.h"

namespace shoal::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kCommon = R"(shoal: 1
name: toy
vars: {factor: 2, count: 6}
nodes:
  data:  {use: dataset/toy-line, with: {count: "${vars.count}"}}
  times: {use: transform/toy-times, in: {data: data}, with: {factor: "${vars.factor}"}}
  sum:   {use: metric/toy-sum, in: {features: times}}
report: [sum]
)";

/// The sums of all rows.
std::vector<double> sums_in(const Workplace& place, const std::string& run) {
  std::vector<double> out;
  const json results = results_in(place.folder() / run);
  for (const json& row : results["rows"]) out.push_back(row["metrics"]["sum.sum"].get<double>());
  return out;
}

TEST(Composition, RunsABaseWithChangesOfFileOverlayAndCommandLine) {
  const Workplace place;
  std::filesystem::create_directory(place.folder() / "common");
  place.write("common/base.yaml", kCommon);
  place.write("toy.yaml", "base: common/base.yaml\nvars: {factor: 3}\n");
  place.write("over.yaml", "vars: {count: 4}\n");  // (0+1+2+3)·3 = 18
  place.write("factor.yaml", "5\n");
  const auto sums = [&](const std::string& arguments, const std::string& run) {
    const Outcome outcome = place.shoal("run toy.yaml -q --out " + run + " " + arguments);
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    return sums_in(place, run);
  };
  EXPECT_THAT(sums("", "a"), testing::ElementsAre(45 * 3));
  EXPECT_THAT(sums("--with over.yaml", "b"), testing::ElementsAre(18 * 3));
  EXPECT_THAT(sums("--with over.yaml vars.factor=7", "c"), testing::ElementsAre(18 * 7));
  EXPECT_THAT(sums("times.factor=@factor.yaml", "d"), testing::ElementsAre(45 * 5));
  EXPECT_THAT(sums("-m vars.factor=1..3", "e"), testing::ElementsAre(45, 90, 135));
  EXPECT_EQ(results_in(place.folder() / "e")["rows"][2]["settings"]["vars.factor"], "3");
}

TEST(Composition, AResolvedFileOfOneRowStandsAlone) {
  const Workplace place;
  std::filesystem::create_directories(place.folder() / "common/data");
  place.write("common/data/points.csv", "a,b\n1,2\n3,4\n5,6\n");  // sums to 21
  place.write("common/base.yaml",
              "shoal: 1\nname: toy\nvars: {factor: 2}\nnodes:\n  data: {use: dataset/csv, with: {path: "
              "data/points.csv, dtype: float64}}\n"
              "  one:  {use: transform/toy-times, in: {data: data}, with: {factor: \"${vars.factor}\"}}\n");
  place.write("toy.yaml",
              "base: common/base.yaml\ndescription: costs $${x}\nnodes:\n  two: {like: one, in: {data: one}}\n"
              "  sum: {use: metric/toy-sum, in: {features: two}}\nreport: [sum]\nmatrix: {vars.factor: [2, 3]}\n");
  ASSERT_EQ(place.shoal("run toy.yaml -q --out first vars.factor=3").exit, 0);
  EXPECT_THAT(sums_in(place, "first"), testing::ElementsAre(21 * 9));
  const std::string resolved = read_file(place.folder() / "first/resolved.yaml");
  EXPECT_THAT(resolved, AllOf(Not(HasSubstr("base:")), Not(HasSubstr("vars:")), Not(HasSubstr("like:")),
                              HasSubstr("costs $${x}"), HasSubstr("/common/data/points.csv")));
  const Outcome again = place.shoal("run first/resolved.yaml -q --out second");
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(results_in(place.folder() / "first")["rows"][0]["metrics"],
            results_in(place.folder() / "second")["rows"][0]["metrics"]);
  EXPECT_EQ(results_in(place.folder() / "first")["rows"][0]["settings"],
            results_in(place.folder() / "second")["rows"][0]["settings"]);
  EXPECT_EQ(resolved, read_file(place.folder() / "second/resolved.yaml"));
}

TEST(Composition, AResolvedFileOfSeveralRowsKeepsWhatHangsOnTheMatrix) {
  const Workplace place;
  std::filesystem::create_directory(place.folder() / "in");
  for (const char* name : {"a", "b"})
    place.write(std::string("in/") + name + ".csv", name == std::string("a") ? "x,y\n1,2\n" : "x,y\n3,4\n");
  place.write("in/toy.yaml",
              "shoal: 1\nname: toy\nvars: {factor: 2, twice: \"${vars.factor}\", word: sum}\nnodes:\n"
              "  data:  {use: dataset/csv, with: {path: a.csv, dtype: float64}}\n"
              "  times: {use: transform/toy-times, in: {data: data}, with: {factor: \"${vars.twice}\"}}\n"
              "  sum:   {use: metric/toy-sum, in: {features: times}}\nreport: [\"${vars.word}\"]\n"
              "matrix: {vars.factor: [2, 3], data.path: [a.csv, b.csv]}\n");
  ASSERT_EQ(place.shoal("run in/toy.yaml -q --out first").exit, 0);
  EXPECT_THAT(sums_in(place, "first"), testing::ElementsAre(6, 14, 9, 21));
  const std::string resolved = read_file(place.folder() / "first/resolved.yaml");
  EXPECT_THAT(resolved, AllOf(HasSubstr("${vars.twice}"), Not(HasSubstr("${vars.word}"))));
  const Outcome again = place.shoal("run first/resolved.yaml -q --out second");
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_THAT(sums_in(place, "second"), testing::ElementsAre(6, 14, 9, 21));
}

TEST(Composition, PrintsTheWholeFileOfARow) {
  const Workplace place;
  place.write("toy.yaml", std::string(kCommon) + "matrix: {vars.factor: [2, 3]}\n");
  const Outcome second = place.shoal("check toy.yaml --resolved --row 2");
  ASSERT_EQ(second.exit, 0) << second.err;
  EXPECT_THAT(second.out, AllOf(HasSubstr("factor: 3"), Not(HasSubstr("matrix")), Not(HasSubstr("${"))));
  place.write("second.yaml", second.out);
  ASSERT_EQ(place.shoal("run second.yaml -q --out second").exit, 0);
  EXPECT_THAT(sums_in(place, "second"), testing::ElementsAre(135));
  const Outcome third = place.shoal("check toy.yaml --resolved --row 3");
  EXPECT_EQ(third.exit, 1);
  EXPECT_THAT(third.err, HasSubstr("--row 3, but there are 2 rows"));
}

TEST(Composition, SaysWhereEveryValueComesFrom) {
  const Workplace place;
  place.write("base.yaml", kCommon);
  place.write("toy.yaml", "base: base.yaml\nseed: 4\n");
  const Outcome outcome = place.shoal("check toy.yaml --origin vars.factor=9");
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      AllOf(HasSubstr("\ndata.use         dataset/toy-line     base.yaml:5:16, read through toy.yaml:1:7 (base)\n"),
            HasSubstr("\ntimes.factor     9                    command line:1:13, read through base.yaml:6:71"),
            HasSubstr("\nseed             4                    toy.yaml:2:7\n"),
            HasSubstr("  default of transform/toy-times\n")));
}

TEST(Composition, AnErrorInABaseIsSaidWithTheWayToItAndNothingThatFollows) {
  const Workplace place;
  place.write("base.yaml",
              "vars: {cuont: 3}\nnodes:\n  data:\n    use: dataset/toy-line\n    with: {count: \"${vars.count}\"}\n"
              "  times: {use: transform/toy-times, in: {data: data}, with: {facto: 1}}\n");
  place.write("toy.yaml", "shoal: 1\nname: toy\nbase: base.yaml\n");
  const Outcome outcome = place.shoal("check toy.yaml");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("base.yaml:5:20: error[C204]: ${vars.count} has no value; did you mean ${vars.cuont}?"),
                    HasSubstr("base.yaml:6:62: error[K203]"), HasSubstr("did you mean 'factor'?"),
                    HasSubstr("= note: read through toy.yaml:3:7 (base)\n"), HasSubstr("2 errors in 1 file")));
}

TEST(Composition, RefusesWhatWouldChangeNothing) {
  const Workplace place;
  place.write("toy.yaml", kCommon);
  const Outcome outcome =
      place.shoal("check toy.yaml vars.fcator=3 base=x.yaml times.factor=@none.yaml --with none.yaml");
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("command line:3:14: error[Y101]"), HasSubstr("none.yaml: error[Y101]")));
  EXPECT_THAT(place.shoal("check toy.yaml vars.fcator=3 base=x.yaml").err,
              AllOf(HasSubstr("command line:1:1: error[C210]: no file has a variable 'fcator'; did you mean 'factor'?"),
                    HasSubstr("command line:2:1: error[C210]: 'base' stands in files alone")));
  EXPECT_THAT(place.shoal("check toy.yaml 'name=toy-${vars.factor}' -m vars.factor=2,3").err,
              HasSubstr("error[C205]: 'name' is one for all rows, but this hangs on the matrix"));
}

TEST(Composition, APathStartsFromTheFileOrTheFolderWhereItIsSaid) {
  const Workplace place;
  std::filesystem::create_directory(place.folder() / "in");
  place.write("in/points.csv", "x,y\n1,2\n");
  place.write("points.csv", "x,y\n3,4\n");
  place.write("in/toy.yaml",
              "shoal: 1\nname: toy\nnodes:\n  data: {use: dataset/csv, with: {path: points.csv, dtype: float64}}\n"
              "  sum: {use: metric/toy-sum, in: {features: data}}\nreport: [sum]\n");
  ASSERT_EQ(place.shoal("run in/toy.yaml -q --out file").exit, 0);
  EXPECT_THAT(sums_in(place, "file"), testing::ElementsAre(3));
  ASSERT_EQ(place.shoal("run in/toy.yaml -q --out line data.path=points.csv").exit, 0);
  EXPECT_THAT(sums_in(place, "line"), testing::ElementsAre(7));
  ASSERT_EQ(place.shoal("run in/toy.yaml -q --out here 'data.path=${here}/in/points.csv'").exit, 0);
  EXPECT_THAT(sums_in(place, "here"), testing::ElementsAre(3));
}

TEST(Composition, CountsSeedsByAVariable) {
  const Workplace place;
  place.write("toy.yaml",
              std::string(kCommon) + "matrix: {seeds: \"${vars.count}\", times.factor: [\"${vars.count}\", 1]}\n");
  const Outcome outcome = place.shoal("run toy.yaml -q --out run vars.count=3");  // 0+1+2 = 3, times 3: 9
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(sums_in(place, "run"), testing::ElementsAre(27, 27, 27, 9, 9, 9));
  EXPECT_EQ(results_in(place.folder() / "run")["rows"][0]["settings"]["times.factor"], "3");
}

}  // namespace
}  // namespace shoal::tests
