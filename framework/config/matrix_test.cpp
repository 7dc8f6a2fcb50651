#include "framework/config/matrix.h"

#include <gmock/gmock.h>

#include "framework/config/emit.h"
#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kDesign =
    "backend:\n"
    "  ours: {kmeans.use: clusterer/kmeans}\n"
    "  mini: {kmeans.use: clusterer/minibatch-kmeans, kmeans.batch_size: 1024}\n"
    "kmeans.k: [10, 100]\n";

struct Reading {
  std::optional<Matrix> matrix;
  Diagnostics diagnostics;
};

Reading read(const std::string& text) {
  Reading out;
  out.matrix = read_matrix(yaml(text), out.diagnostics);
  return out;
}

Matrix matrix(const std::string& text) {
  Reading out = read(text);
  EXPECT_TRUE(out.matrix.has_value()) << render(out.diagnostics);
  return out.matrix.value_or(Matrix{});
}

// "ours 10 @0": the labels of a row and its seed.
std::string brief(const Row& row) {
  std::string out;
  for (const Setting& setting : row.settings) out += setting.label + " ";
  return out + "@" + std::to_string(row.seed);
}

std::vector<std::string> rows(const Matrix& m, std::int64_t base_seed = 0) {
  Diagnostics diagnostics;
  std::vector<std::string> out;
  for (const Row& row : expand(m, base_seed, diagnostics)) out.push_back(brief(row));
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics);
  return out;
}

std::vector<std::string> labels(const std::string& values) {
  std::vector<std::string> out;
  const Matrix read_in = matrix("a.b: " + values);
  for (const Case& one : read_in.axes.at(0).cases) out.push_back(one.label);
  return out;
}

TEST(Matrix, ExpandsInWrittenOrderWithTheLastAxisFastestAndSeedsInnermost) {
  EXPECT_THAT(rows(matrix(kDesign + "seeds: 2\n"), 40),
              ElementsAre("ours 10 @40", "ours 10 @41", "ours 100 @40", "ours 100 @41", "mini 10 @40", "mini 10 @41",
                          "mini 100 @40", "mini 100 @41"));
  EXPECT_THAT(rows(matrix("seeds: [7, 3]\n"), 40), ElementsAre("@7", "@3"));
  EXPECT_THAT(rows(matrix("{}"), 5), ElementsAre("@5"));
}

TEST(Matrix, MakesTheDocumentOfARow) {
  const Value document =
      yaml("shoal: 1\nseed: 40\nnodes:\n  kmeans: {use: clusterer/other, with: {k: 5}}\nmatrix: {seeds: 2}\n");
  Diagnostics diagnostics;
  const std::vector<Row> all = expand(matrix(kDesign + "seeds: 2\n"), 40, diagnostics);
  EXPECT_EQ(apply_row(document, all.at(7), diagnostics),
            yaml("shoal: 1\nseed: 41\nnodes:\n  kmeans: {use: clusterer/minibatch-kmeans, with: {k: 100, batch_size: "
                 "1024}}\n"));
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(to_string(all.at(7).assignments.at(2).path), "nodes.kmeans.with.k");
  EXPECT_EQ(all.at(7).assignments.at(2).value.place.to_string(), "f.yaml:4:16");
}

TEST(Matrix, ExcludesByPartialMatchAndAddsWholeRows) {
  EXPECT_THAT(
      rows(matrix(
          kDesign +
          "exclude: [{backend: mini, kmeans.k: 100}]\nadd: [{kmeans.k: 1000, backend: ours}, {backend: mini}]\n")),
      ElementsAre("ours 10 @0", "ours 100 @0", "mini 10 @0", "ours 1000 @0", "mini @0"));
  EXPECT_THAT(rows(matrix(kDesign + "exclude: [{nodes.kmeans.with.k: 10}, {backend: ours}]\nkmeans.lr: [0.1]\n")),
              ElementsAre("mini 100 0.1 @0"));
}

TEST(Matrix, TakesListsAndMapsAsValues) {
  EXPECT_THAT(labels("[[8, 16], {a: 1}, 'no', null, 1e-3]"),
              ElementsAre("[8, 16]", "{a: 1}", "'no'", "null", "1.0e-3"));
}

TEST(Matrix, ReadsRanges) {
  EXPECT_THAT(labels("{from: 1, to: 10, step: 3}"), ElementsAre("1", "4", "7", "10"));
  EXPECT_THAT(labels("{from: 10, to: 1, step: -4}"), ElementsAre("10", "6", "2"));
  EXPECT_THAT(labels("{from: 0.1, to: 0.5, step: 0.1}"), ElementsAre("0.1", "0.2", "0.3", "0.4", "0.5"));
  EXPECT_THAT(labels("{from: 1e-4, to: 1e-1, points: 4, log: true}"), ElementsAre("0.0001", "0.001", "0.01", "0.1"));
  EXPECT_THAT(labels("{from: 10, to: 1000, points: 3, log: true}"), ElementsAre("10", "100", "1000"));
  EXPECT_THAT(labels("{from: 0, to: 1, points: 5}"), ElementsAre("0", "0.25", "0.5", "0.75", "1"));
  EXPECT_THAT(labels("{from: 2, to: 2, step: 1}"), ElementsAre("2"));
}

TEST(Matrix, HasNoAxisOfWhatAllRowsShare) {
  for (const char* text : {"name: [a, b]", "run.jobs: [1, 2]", "how: {a: {plugins: [x]}, b: {kmeans.k: 2}}"}) {
    const Reading reading = read(text);
    EXPECT_FALSE(reading.matrix.has_value()) << text;
    EXPECT_EQ(reading.diagnostics.sorted().at(0).id, "M512") << text;
  }
}

struct Wrong {
  const char* name;
  std::string text;
  std::vector<std::string> found;
};

class WrongMatrix : public testing::TestWithParam<Wrong> {};

TEST_P(WrongMatrix, IsRefusedWithItsPlace) {
  const Reading out = read(GetParam().text);
  EXPECT_FALSE(out.matrix.has_value());
  EXPECT_EQ(found(out.diagnostics), GetParam().found) << render(out.diagnostics);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongMatrix,
    testing::Values(Wrong{"NotAMap", "[1]", {"M502 1:1"}}, Wrong{"ScalarForValues", "a.b: 5", {"M502 1:6"}},
                    Wrong{"NoValues", "a.b: []", {"M502 1:6"}},
                    Wrong{"ListForNamedAxis", "backend: [a, b]", {"M502 1:10"}},
                    Wrong{"NoCases", "backend: {}", {"M502 1:10"}},
                    Wrong{"CaseIsNoMap", "backend:\n  ours: 5\n  mini: x\n", {"M502 2:9", "M502 3:9"}},
                    Wrong{"Seed", "seed: [1, 2]", {"M502 1:1+4"}}, Wrong{"NoSeeds", "seeds: 0", {"M502 1:8"}},
                    Wrong{"SeedsAreText", "seeds: [1, two]", {"K205 1:12+3"}},
                    Wrong{"EmptySeeds", "seeds: []", {"M502 1:8"}}, Wrong{"MalformedPath", "a..b: [1]", {"C210 1:3"}},
                    Wrong{"RangeWithoutEnd", "a.b: {from: 1, step: 1}", {"M502 1:6"}},
                    Wrong{"RangeWithUnknownKey", "a.b: {from: 1, to: 2, setp: 1}", {"M502 1:23+4"}},
                    Wrong{"RangeWithBoth", "a.b: {from: 1, to: 2, step: 1, points: 2}", {"M502 1:6"}},
                    Wrong{"RangeGoesAway", "a.b: {from: 1, to: 2, step: -1}", {"M502 1:29+2"}},
                    Wrong{"RangeStands", "a.b: {from: 1, to: 2, step: 0}", {"M502 1:29"}},
                    Wrong{"LogOfZero", "a.b: {from: 0, to: 2, points: 3, log: true}", {"M502 1:13"}},
                    Wrong{"OnePoint", "a.b: {from: 0, to: 2, points: 1}", {"M502 1:31"}},
                    Wrong{"RangeOfText", "a.b: {from: x, to: 2, points: 3}", {"K205 1:13"}},
                    Wrong{"RangeTooLong", "a.b: {from: 1, to: 1e9, step: 1}", {"M506 1:6"}},
                    Wrong{"AxisTwice", "a.b: [1]\nnodes.a.with.b: [2]\n", {"M508 2:1+14"}},
                    Wrong{"AxisAgainstCase", "c: {x: {a.b: 1}, y: {a.b: 2}}\na.b: [2]\n", {"M508 2:1+3"}},
                    Wrong{"ExcludeIsAMap", "a.b: [1]\nexclude: {a.b: 1}\n", {"M502 2:10"}},
                    Wrong{"ExcludeOfUnknownAxis", "kmeans.k: [1, 2]\nexclude: [{kmean.k: 1}]\n", {"M501 2:12+7"}},
                    Wrong{"ExcludeOfUnknownCase", kDesign + "exclude: [{backend: miny}]\n", {"M502 5:21+4"}},
                    Wrong{"AddOfUnknownCase", kDesign + "add: [{backend: [ours]}]\n", {"M502 5:17"}},
                    Wrong{"SeveralAtOnce", "a.b: 5\nc.d: 6\nseeds: 0\n", {"M502 1:6", "M502 2:6", "M502 3:8"}}),
    [](const testing::TestParamInfo<Wrong>& wrong) { return wrong.param.name; });

TEST(Matrix, WarnsOfAValueGivenTwiceAndTakesItOnce) {
  const Reading out = read("a.b: [1e-3, 2, 1.0e-3]\nseeds: [1, 1]\n");
  EXPECT_THAT(found(out.diagnostics), ElementsAre("M510 1:16+6", "M510 2:12"));
  EXPECT_THAT(rows(*out.matrix), ElementsAre("1.0e-3 @1", "2 @1"));
}

TEST(Matrix, WarnsOfAnExcludeThatMatchesNothingAndAnAddThatIsThere) {
  Diagnostics diagnostics;
  const Matrix m = matrix("a.b: [1, 2]\nexclude: [{a.b: 3}]\nadd: [{a.b: 2}]\n");
  EXPECT_EQ(expand(m, 0, diagnostics).size(), 2U);
  EXPECT_THAT(found(diagnostics), ElementsAre("M504 2:11", "M505 3:7"));
}

TEST(Matrix, RefusesTooManyRowsBeforeMakingThem) {  // 3 axes of 10 000 values are 10¹² rows
  std::string text;
  for (int i = 0; i < 3; ++i) text += "a.b" + std::to_string(i) + ": {from: 1, to: 10000, step: 1}\n";
  Diagnostics diagnostics;
  EXPECT_THAT(expand(matrix(text), 0, diagnostics), IsEmpty());
  EXPECT_THAT(found(diagnostics), ElementsAre("M506 1:1"));
  Diagnostics by_seeds;
  EXPECT_THAT(expand(matrix("seeds: 120_000"), 0, by_seeds), IsEmpty());
  EXPECT_THAT(messages(by_seeds), ElementsAre("the matrix has 120000 rows, the limit is 10000"));
}

TEST(Matrix, RefusesToExcludeAllRows) {
  Diagnostics diagnostics;
  EXPECT_THAT(expand(matrix("a.b: [1]\nexclude: [{a.b: 1}]\n"), 0, diagnostics), IsEmpty());
  EXPECT_THAT(found(diagnostics), ElementsAre("M509 2:11"));
}

TEST(Matrix, RefusesPathsOfNodesThatAreNotThere) {
  const Value document = yaml("nodes: {kmeans: {use: clusterer/kmeans}}");
  Diagnostics diagnostics;
  EXPECT_TRUE(check_paths(matrix(kDesign), document, diagnostics));
  EXPECT_FALSE(check_paths(matrix("kmean.k: [1, 2]\nb: {x: {kmeens.use: y}}\n"), document, diagnostics));
  EXPECT_THAT(found(diagnostics), ElementsAre("M501 1:1+7", "M501 2:9+10"));
  EXPECT_THAT(messages(diagnostics)[0], HasSubstr("did you mean 'kmeans'?"));
}

struct Fixed {
  Matrix matrix;
  Diagnostics diagnostics;
  std::size_t left = 0;
};

Fixed fix(const std::string& text, const std::vector<std::string>& arguments) {
  Fixed out{matrix(text), {}, 0};
  const std::vector<Override> changes = parse_overrides(Source::command_line(arguments), out.diagnostics);
  out.left = fix_axes(out.matrix, changes, out.diagnostics).size();
  return out;
}

std::vector<std::string> changed(const std::string& matrix_text, const std::vector<std::string>& arguments) {
  Diagnostics found;
  Value document = yaml("matrix:\n" + matrix_text);
  const auto changes = parse_overrides(Source::command_line(arguments), found);
  const std::size_t left = change_matrix(document, changes, found).size();
  EXPECT_FALSE(found.has_errors());
  EXPECT_EQ(left, 0U);
  return rows(*read_matrix(*document.find("matrix"), found));
}

TEST(ChangeMatrix, SetsSeedsAndAxesAndTakesThemOut) {
  const std::string text = "  kmeans.k: [10, 100]\n  seeds: 3\n";
  EXPECT_THAT(changed(text, {"matrix.seeds=[20]"}), ElementsAre("10 @20", "100 @20"));
  EXPECT_THAT(changed(text, {"matrix.seeds=1", "matrix.kmeans.k=[5, 50]"}), ElementsAre("5 @0", "50 @0"));
  EXPECT_THAT(changed(text, {"matrix.seeds=1", "matrix.kmeans.tol=[0, 1]", "~matrix.kmeans.k"}),
              ElementsAre("0 @0", "1 @0"));
}

TEST(ChangeMatrix, LeavesWhatIsNotTheMatrix) {
  Diagnostics found;
  Value document = Value::make_map();
  const auto changes =
      parse_overrides(Source::command_line(std::vector<std::string>{"kmeans.k=5", "matrix.seeds=2"}), found);
  EXPECT_EQ(change_matrix(document, changes, found).size(), 1U);
  EXPECT_NE(document.find("matrix"), nullptr);
}

TEST(FixAxes, LeavesOneCaseOfAPathAxis) {
  const Fixed out =
      fix(kDesign + "exclude: [{kmeans.k: 100}]\nadd: [{backend: mini, kmeans.k: 1000}]\n", {"kmeans.k=5"});
  EXPECT_THAT(rows(out.matrix), ElementsAre("ours 5 @0", "mini 5 @0"));
  EXPECT_THAT(found(out.diagnostics), ElementsAre("C214 1:1+8"));
  EXPECT_THAT(messages(out.diagnostics), ElementsAre("axis 'kmeans.k' is fixed to 5"));
  EXPECT_FALSE(out.diagnostics.has_errors());
  EXPECT_EQ(out.left, 1U);
}

TEST(FixAxes, PicksACaseOfANamedAxis) {
  const Fixed out = fix(kDesign, {"backend=mini"});
  EXPECT_THAT(rows(out.matrix), ElementsAre("mini 10 @0", "mini 100 @0"));
  EXPECT_EQ(out.left, 0U);
  const Fixed wrong = fix(kDesign, {"backend=mimi"});
  EXPECT_THAT(found(wrong.diagnostics), ElementsAre("M502 1:9+4"));
  EXPECT_THAT(messages(wrong.diagnostics), ElementsAre("axis 'backend' has no case 'mimi'; did you mean 'mini'?"));
}

TEST(FixAxes, ReplacesTheValueInEveryCaseThatSetsIt) {
  const Fixed out = fix(kDesign, {"kmeans.use=clusterer/mine"});
  for (const Case& one : out.matrix.axes.at(0).cases) EXPECT_EQ(one.assignments.at(0).value.text, "clusterer/mine");
  EXPECT_THAT(messages(out.diagnostics), ElementsAre("'kmeans.use' is clusterer/mine in every case of axis 'backend'"));
}

TEST(FixAxes, LeavesOtherOverridesAlone) {
  const Fixed out = fix(kDesign, {"kmeans.tol=1e-4", "~probe"});
  EXPECT_EQ(rows(out.matrix).size(), 4U);
  EXPECT_TRUE(out.diagnostics.empty());
  EXPECT_EQ(out.left, 2U);
}

}  // namespace
}  // namespace shoal::config
