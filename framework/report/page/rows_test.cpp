// Which rows of a run a page shows where it has no room for all.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "framework/report/page/artifact_files.h"
#include "framework/report/page/page.h"
#include "framework/report/page/page_testing.h"
#include "framework/report/page/row_choice.h"
#include "framework/store/npy_file.h"

namespace shoal::host {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::HandmadeRun;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// k = 1, 2, 3 with two seeds each; the fourth row (k 2, seed 1) is the best.
void add_rows(HandmadeRun& run) {
  run.results["axes"] = {"k"};
  for (const int k : {1, 2, 3})
    for (const int seed : {0, 1}) run.add_row({{"k", std::to_string(k)}}, seed, k == 2 && seed == 1 ? 0.9 : 0.1, k);
}

std::string own_result(std::size_t row) { return std::to_string(row); }

TEST(RowChoice, OpensTheBestAndFoldsOneOfEachSettingFirst) {
  HandmadeRun run("choice");
  add_rows(run);
  const RowChoice choice = choose_rows(read_run(run.folder()), std::nullopt, own_result);
  EXPECT_EQ(choice.open, 3);
  EXPECT_THAT(choice.folded, ElementsAre(0, 4, 1, 2, 5));  // the first of k 1 and of k 3, then what is left
  EXPECT_EQ(choice.different, 6);
  EXPECT_EQ(what_is_not_shown(choice, 2), "3 of 6 are shown; `shoal report RUN --row 2` opens row 2.");
  EXPECT_EQ(what_is_not_shown(choice, 5), "");
}

TEST(RowChoice, OpensTheRowThatWasAskedFor) {
  HandmadeRun run("asked");
  add_rows(run);
  const RunFile file = read_run(run.folder());
  const RowChoice choice = choose_rows(file, 4, own_result);
  EXPECT_EQ(choice.open, 4);
  EXPECT_THAT(choice.folded, ElementsAre(0, 2, 1, 3, 5));
  EXPECT_THAT(how_chosen(file, 4), HasSubstr("Open is row 5;"));
  const RowChoice none = choose_rows(file, 4, [](std::size_t row) { return row == 4 ? "" : own_result(row); });
  EXPECT_EQ(none.open, std::nullopt);                    // and no other in its place
  EXPECT_THAT(none.folded, ElementsAre(0, 2, 5, 1, 3));  // row 5 is then the first of k 3
}

TEST(RowChoice, ShowsEqualResultsOnce) {
  HandmadeRun run("equal");
  add_rows(run);
  const RunFile file = read_run(run.folder());
  const RowChoice two = choose_rows(file, std::nullopt, [](std::size_t row) { return row < 4 ? "a" : "b"; });
  EXPECT_EQ(two.open, 3);
  EXPECT_THAT(two.folded, ElementsAre(4));
  const RowChoice one = choose_rows(file, std::nullopt, [](std::size_t) { return "a"; });
  EXPECT_THAT(one.folded, IsEmpty());
  EXPECT_EQ(describe_open(file, one), "The same in all rows.");
  EXPECT_EQ(describe_open(file, two), "Row 4, k 2, seed 1.");
}

TEST(Artifacts, BelongToAllRowsOfTheirKey) {
  HandmadeRun run("artifacts");
  add_rows(run);
  run.plan["tasks"][2]["key"] = "cd34";  // all others have ab12
  for (const int row : {1, 3}) {
    std::filesystem::create_directories(run.folder() / "artifacts" / fmt::format("row-{}", row));
    run.write(fmt::format("artifacts/row-{}/probe.labels.npy", row), "");
  }
  run.write("artifacts/row-1/other.labels.npy", "");  // of a node that the run has not
  const auto all = find_artifacts(run.folder(), "labels");
  EXPECT_THAT(all, SizeIs(3));
  const auto nodes = by_node(read_run(run.folder()), all);
  ASSERT_THAT(nodes, SizeIs(1));
  EXPECT_EQ(nodes[0].node, "probe");
  const auto first = run.folder() / "artifacts/row-1/probe.labels.npy",
             third = run.folder() / "artifacts/row-3/probe.labels.npy";
  EXPECT_THAT(nodes[0].by_row, ElementsAre(first, first, third, first, first, first));
}

/// A run whose rows have confusion matrices and labels of clusters of their own, over 400 images that are always the
/// same noise.
class ManyRows : public ::testing::Test, public DataSource {
 protected:
  ManyRows() { setenv("SHOAL_PYTHON", "/nowhere/python", 1); }
  ~ManyRows() override { unsetenv("SHOAL_PYTHON"); }

  void fill(int settings, int seeds) {
    run_.results["axes"] = {"k"};
    for (int setting = 0; setting < settings; ++setting)
      for (int seed = 0; seed < seeds; ++seed) {
        const std::size_t row = run_.plan["rows"].size();
        run_.add_row({{"k", std::to_string(setting)}}, seed, row == 0 ? 0.9 : 0.1, setting + 2);
        run_.plan["tasks"][row]["key"] = fmt::format("key{}", row);
        const auto folder = run_.folder() / "artifacts" / fmt::format("row-{}", row + 1);
        std::filesystem::create_directories(folder);
        std::vector<std::int64_t> labels;
        for (std::size_t i = 0; i < 400; ++i) labels.push_back(static_cast<std::int64_t>((i + row) % 40));
        write_npy(folder / "probe.labels.npy", ConstArray(labels));
        const std::vector<std::int64_t> counts = {static_cast<std::int64_t>(1000 + row), 1, 2, 3};
        write_npy(folder / "probe.confusion.npy", ConstArray(counts.data(), {2, 2}));
      }
    std::uint32_t noise = 1;
    for (float& pixel : pixels_) noise = noise * 1664525U + 1013904223U, pixel = static_cast<float>(noise >> 24);
  }
  SourceRows examples(std::size_t, const std::string&) override {
    return {.rows = ConstArray(pixels_.data(), {400, 3 * 32 * 32}), .example = {3, 32, 32}};
  }
  SourceRows features(std::size_t, const std::string&, const std::string&) override {
    throw std::runtime_error("there are none");
  }
  std::string page(std::optional<std::size_t> row = std::nullopt) {
    nlohmann::ordered_json digits = {{"node", "digits"}, {"use", "dataset/npy"}, {"row", 0}};
    const std::size_t task = run_.plan["tasks"].size();
    run_.plan["tasks"].push_back(digits);
    for (auto& planned : run_.plan["rows"]) planned["tasks"].push_back({task, task});
    return make_page({read_run_data(run_.folder())}, {.row = row}, {this});
  }

  HandmadeRun run_{"many"};
  std::vector<float> pixels_ = std::vector<float>(400 * 3 * 32 * 32);
};

TEST_F(ManyRows, HaveOneOpenAndOthersFolded) {
  fill(/*settings=*/3, /*seeds=*/1);
  const std::string page = this->page();
  EXPECT_THAT(page, HasSubstr("Open is the row with the best probe.accuracy; others are folded below it"));
  EXPECT_THAT(page, HasSubstr("<caption>probe: Row 1, k 0, seed 0.</caption>"));
  EXPECT_THAT(page, HasSubstr("<summary>2 other rows</summary>"));
  EXPECT_THAT(page, HasSubstr("<caption>Row 3, k 2, seed 0</caption>"));
  EXPECT_THAT(page, HasSubstr(">1002</td>"));                             // of its matrix
  EXPECT_THAT(page, HasSubstr("<summary>Row 2, k 1, seed 0</summary>"));  // its clusters
  EXPECT_THAT(page, HasSubstr("The largest 30 of 40 clusters"));
  EXPECT_THAT(page, HasSubstr("The largest 10 of 40 clusters"));
  EXPECT_THAT(page, Not(HasSubstr("are shown;")));
}

TEST_F(ManyRows, OpenTheOneThatWasAskedFor) {
  fill(3, 1);
  EXPECT_THAT(page(1), AllOf(HasSubstr("Open is row 2;"), HasSubstr("<caption>probe: Row 2, k 1, seed 0.</caption>"),
                             HasSubstr("<summary>Row 1, k 0, seed 0</summary>")));
  EXPECT_THROW(page(3), std::runtime_error);
}

TEST_F(ManyRows, StayWithinThePageAndSayHowManyAreNotShown) {
  fill(/*settings=*/40, /*seeds=*/5);
  const std::string page = this->page();
  EXPECT_LE(page.size(), kPageBytes);
  EXPECT_THAT(page, HasSubstr("id=\"clusters\""));
  EXPECT_THAT(page, HasSubstr("<summary>Row 6, k 1, seed 0</summary>"));  // of each setting the first
  EXPECT_THAT(page, HasSubstr("13 of 200 are shown; `shoal report RUN --row 66` opens row 66."));  // matrices
  EXPECT_THAT(page, ::testing::ContainsRegex("[1-6] of 200 are shown; `shoal report RUN --row [0-9]+` opens"));
}

}  // namespace
}  // namespace shoal::host
