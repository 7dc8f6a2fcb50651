#include "framework/config/diagnostics.h"

#include <gmock/gmock.h>

#include "framework/config/testing.h"

namespace shoal::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::shared_ptr<const Source> kFile = Source::file(
    "k-center-mnist.yaml", "a\nb\nc\nd\ne\n  group:  {use: clusterer/k-center, in: {data: digits}, with: {k: 0}}\n");

TEST(Source, HasLinesWithoutTheirEndsAndWithoutAByteOrderMark) {
  const auto source = Source::file("f", "\xEF\xBB\xBFone\r\ntwo\n\nfour");
  EXPECT_EQ(source->line_count(), 4U);
  EXPECT_EQ(source->line(1), "one");
  EXPECT_EQ(source->line(2), "two");
  EXPECT_EQ(source->line(3), "");
  EXPECT_EQ(source->line(4), "four");
  EXPECT_EQ(source->line(0), "");
  EXPECT_EQ(source->line(5), "");
}

TEST(Source, HasOneArgumentOfTheCommandLineALine) {
  const auto source = Source::command_line(std::vector<std::string>{"a=1", "b=2\n3"});
  EXPECT_EQ(source->line(2), "b=2\n3");
  EXPECT_EQ((Place{source, 2, 3}.to_string()), "command line:2:3");
}

TEST(Render, LooksLikeTheExampleOfTheStylePage) {  // STYLE.md, "An error says what, where and what would be right"
  Diagnostics diagnostics;
  diagnostics.error("K206", {kFile, 6, 67}, "'k' must be at least 1, but is 0",
                    {{"clusterer/k-center takes k ≥ 1 (default 8)", std::nullopt}});
  EXPECT_EQ(render(diagnostics),
            "k-center-mnist.yaml:6:67: error[K206]: 'k' must be at least 1, but is 0\n"
            "    6 |   group:  {use: clusterer/k-center, in: {data: digits}, with: {k: 0}}\n"
            "      |                                                                   ^\n"
            "      = help: clusterer/k-center takes k ≥ 1 (default 8)\n"
            "1 error in 1 file. Nothing was run.\n");
}

TEST(Render, NamesTheSecondPlaceAndTheAlias) {
  Diagnostic diagnostic{Severity::warning, "Y115", {kFile, 2, 1}, "again", {{"given before", Place{kFile, 1, 1}}}};
  diagnostic.place.via = std::make_shared<const Place>(Place{kFile, 5, 1});
  EXPECT_EQ(render(diagnostic),
            "k-center-mnist.yaml:2:1: warning[Y115]: again\n"
            "    2 | b\n"
            "      | ^\n"
            "      = note: given before: k-center-mnist.yaml:1:1\n"
            "      = note: read through the alias at k-center-mnist.yaml:5:1\n");
}

TEST(Render, PutsTheCaretUnderWideCharactersAndTabs) {  // 聚类 are 2 code points of 2 columns each
  const auto source = Source::file("f", "x: [聚类, é, k]\n\tk\n");
  EXPECT_THAT(render(Diagnostic{Severity::error, "K1", {source, 1, 5, 2}, "m", {}}), HasSubstr("      |     ^^^^\n"));
  EXPECT_THAT(render(Diagnostic{Severity::error, "K1", {source, 1, 12}, "m", {}}),
              HasSubstr("      |              ^\n"));
  EXPECT_THAT(render(Diagnostic{Severity::error, "K1", {source, 2, 2}, "m", {}}),
              HasSubstr("    2 | \tk\n      | \t^\n"));
}

TEST(Render, PutsTheCaretBehindTheEndOfALine) {
  const auto source = Source::file("f", "k:\n");
  EXPECT_THAT(render(Diagnostic{Severity::error, "K1", {source, 1, 3}, "m", {}}),
              HasSubstr("    1 | k:\n      |   ^\n"));
}

TEST(Render, NeverPrintsControlCharactersOfAFile) {  // ESC would let a file paint the terminal
  const auto source = Source::file("f", "k: \x1B[31m\n");
  const std::string text = render(Diagnostic{Severity::error, "Y106", {source, 1, 4}, "key '\x1B'", {}});
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("    1 | k: \uFFFD[31m\n      |    ^\n"));
}

TEST(Render, CutsALongLineAroundTheCaret) {
  const auto source = Source::file("f", std::string(5000, 'a').append("B").append(5000, 'c'));
  const std::string text = render(Diagnostic{Severity::error, "K1", {source, 1, 5001}, "m", {}}, {.width = 40});
  EXPECT_THAT(text, HasSubstr("    1 | …" + std::string(20, 'a') + "B"));
  EXPECT_THAT(text, HasSubstr("      |  " + std::string(20, ' ') + "^\n"));
  EXPECT_LT(text.size(), 250U);
}

TEST(Render, HasNoSourceLineForAWholeFileAndNoPlaceForNowhere) {
  EXPECT_EQ(render(Diagnostic{Severity::error, "Y101", {kFile}, "m", {}}), "k-center-mnist.yaml: error[Y101]: m\n");
  EXPECT_EQ(render(Diagnostic{Severity::error, "K1", {}, "m", {}}), "error[K1]: m\n");
}

TEST(Diagnostics, AreSortedByFileAndLineWithTheCommandLineLastAndWithoutDoubles) {
  const auto b = Source::file("b.yaml", "x\ny\n");
  const auto args = Source::command_line(std::vector<std::string>{"k=1"});
  Diagnostics diagnostics;
  diagnostics.error("K1", {args, 1, 1}, "on the line");
  diagnostics.error("K1", {b, 2, 1}, "second");
  diagnostics.error("K1", {b, 1, 1}, "first");
  diagnostics.error("K1", {b, 2, 1}, "second");
  diagnostics.error("K1", {Source::file("a.yaml", ""), 9, 9}, "other file");
  EXPECT_THAT(messages(diagnostics), ElementsAre("other file", "first", "second", "on the line"));
  EXPECT_EQ(diagnostics.count(Severity::error), 4U);
  EXPECT_THAT(render(diagnostics), HasSubstr("4 errors in 2 files and the command line. Nothing was run.\n"));
}

TEST(Diagnostics, StopPrintingAtFiftyAndCountTheRest) {
  Diagnostics diagnostics;
  for (std::size_t i = 0; i < 53; ++i) diagnostics.error("K1", {kFile, 1, i + 1}, "wrong");
  const std::string text = render(diagnostics);
  EXPECT_THAT(text, HasSubstr("… and 3 more\n53 errors in 1 file. Nothing was run.\n"));
  EXPECT_THAT(text, HasSubstr(":1:50: error"));
  EXPECT_EQ(text.find(":1:51: error"), std::string::npos);
}

TEST(Diagnostics, WithWarningsAloneSayNothingOfTheRun) {
  Diagnostics diagnostics;
  diagnostics.warning("Y116", {kFile, 1, 1}, "a");
  diagnostics.note("C214", {kFile, 2, 1}, "b");
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_THAT(render(diagnostics), testing::EndsWith("      | ^\n1 warning in 1 file.\n"));
  EXPECT_EQ(render(Diagnostics{}), "");
}

TEST(NearestName, TakesTheLeastEditDistanceUpToAThirdOfTheWordButAtLeastTwo) {
  const std::vector<std::string> names{"use", "in", "with", "n_clusters", "batch_size"};
  EXPECT_EQ(nearest_name("wiht", names), "with");             // a swap is 1
  EXPECT_EQ(nearest_name("n_cluster", names), "n_clusters");  // 1
  EXPECT_EQ(nearest_name("batchsz", names), std::nullopt);    // 3 > max(2, 7 / 3)
  EXPECT_EQ(nearest_name("btchsiz", names), std::nullopt);    // 3
  EXPECT_EQ(nearest_name("batch_sze", names), "batch_size");
  EXPECT_EQ(nearest_name("k", names), std::nullopt);  // "in" is 2 away, but shares nothing with it
  EXPECT_EQ(did_you_mean("uses", names), "; did you mean 'use'?");
  EXPECT_EQ(did_you_mean("zzzzzz", names), "");
}

}  // namespace
}  // namespace shoal::config
