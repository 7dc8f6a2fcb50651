// That the catalogue and the sources say the same, and that docs/diagnostics.md is the catalogue's.
#include "framework/config/catalog.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace shoal::config {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The ids that the host's sources say: "K203" as an argument, or error[P404] within a text.
std::set<std::string> ids_in_sources() {
  static const std::regex id(R"re("([A-Z]\d{3})"|\[([A-Z]\d{3})\])re");
  std::set<std::string> out;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(SHOAL_SOURCE_DIR) / "framework")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".cpp") || name.ends_with("_test.cpp") || name.starts_with("catalog")) continue;
    const std::string text = read(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), id), end; at != end; ++at)
      out.insert((*at)[1].matched ? (*at)[1] : (*at)[2]);
  }
  return out;
}

std::set<std::string> ids_in_catalog() {
  std::set<std::string> out;
  for (const Chapter& chapter : catalog())
    for (const Explanation& entry : chapter.entries) out.emplace(entry.id);
  return out;
}

std::set<std::string> without(std::set<std::string> all, const std::set<std::string>& some) {
  for (const std::string& one : some) all.erase(one);
  return all;
}

TEST(Catalog, ExplainsEveryIdThatTheSourcesSayAndNoOther) {
  const auto said = ids_in_sources(), explained = ids_in_catalog();
  ASSERT_GT(said.size(), 50u);  // else the search finds nothing
  EXPECT_THAT(without(said, explained), IsEmpty()) << "said, but not in the catalogue";
  EXPECT_THAT(without(explained, said), IsEmpty()) << "in the catalogue, but never said";
}

TEST(Catalog, HasEachIdOnceInOrderUnderItsLetter) {
  for (const Chapter& chapter : catalog()) {
    std::string before;
    for (const Explanation& entry : chapter.entries) {
      EXPECT_EQ(entry.id.substr(0, 1), chapter.letter) << entry.id;
      EXPECT_LT(before, entry.id);
      before = entry.id;
      EXPECT_FALSE(entry.title.empty() || entry.title.ends_with('.')) << entry.id;
      EXPECT_TRUE(entry.text.ends_with('.')) << entry.id;
      EXPECT_EQ(entry.wrong.empty(), entry.right.empty()) << entry.id;
      EXPECT_TRUE(entry.wrong.empty() || entry.wrong != entry.right) << entry.id;
    }
  }
}

TEST(Catalog, FindsAnIdHoweverItIsWritten) {
  ASSERT_NE(find_explanation("k203"), nullptr);
  EXPECT_EQ(find_explanation("k203"), find_explanation("K203"));
  EXPECT_EQ(find_explanation("K999"), nullptr);
  EXPECT_EQ(find_explanation(""), nullptr);
}

TEST(Catalog, PrintsAnEntryWithItsLinesBeforeAndAfter) {
  EXPECT_EQ(render(*find_explanation("K206")),
            "K206: a value out of range\n\n"
            "The component declares bounds for this parameter; the help line has them and the default.\n\n"
            "wrong\n    with: {k: 0}\nright\n    with: {k: 1}\n");
  EXPECT_THAT(list_catalog(), HasSubstr("\n  K206  a value out of range\n"));
}

TEST(Catalog, IsWhatTheDocumentationHas) {
  EXPECT_EQ(read(std::filesystem::path(SHOAL_SOURCE_DIR) / "docs/diagnostics.md"), catalog_as_markdown())
      << "renew it: shoal explain --markdown > docs/diagnostics.md";
}

}  // namespace
}  // namespace shoal::config
