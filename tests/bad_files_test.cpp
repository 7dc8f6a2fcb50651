// Wrong experiment files and what `shoal check` says of them: tests/bad/NAME.yaml and NAME.txt. A file whose first line
// is
// `# changes: kmeans.k=0 ~name` gets these from the command line. After a message has been changed on purpose,
// SHOAL_RENEW=1 build/release/tests/bad_files_test writes the texts anew: read the difference before it is committed.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "framework/graph/plan.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> changes_of(const std::string& text) {
  constexpr std::string_view kWord = "# changes: ";
  std::vector<std::string> out;
  if (!text.starts_with(kWord)) return out;
  std::istringstream words(text.substr(kWord.size(), text.find('\n') - kWord.size()));
  for (std::string word; words >> word;) out.push_back(word);
  return out;
}

class BadFiles : public ::testing::Test {
 protected:
  /// From tests/bad, so that messages name files without a folder. The plugins are loaded once for all files.
  static void SetUpTestSuite() {
    fs::current_path(SHOAL_BAD_FILES);
    services_ = new Services(1);
    registry_ = new Registry(*services_);
    registry_->load_folder(std::string(SHOAL_TEST_PLUGINS) + "/toys");
    for (const char* name : {"clustering", "csv", "dbscan", "kmeans", "minibatch-kmeans", "mnist", "npy", "pca"})
      registry_->load_file(std::string(SHOAL_PLUGINS) + "/lib" + name + ".so");
    for (const auto& entry : fs::directory_iterator("."))
      if (entry.path().extension() == ".yaml") files_.insert(entry.path().filename().string());
  }
  static void TearDownTestSuite() {
    delete registry_;
    delete services_;
  }

  static std::string said_of(const std::string& file) {
    config::Diagnostics found;
    const auto plan =
        plan_experiment({.file = file, .overrides = changes_of(read(file)), .seeds = {}}, *registry_, found);
    EXPECT_NE(plan.has_value(), found.has_errors()) << file;
    return config::render(found);
  }

  static inline Services* services_ = nullptr;
  static inline Registry* registry_ = nullptr;
  static inline std::set<std::string> files_;
};

TEST_F(BadFiles, AreRefusedInTheWordsThatWereReadAndFoundGood) {
  ASSERT_EQ(registry_->libraries().size(), 9u);  // toys and the eight named above
  ASSERT_GE(files_.size(), 100u);
  const bool renew = std::getenv("SHOAL_RENEW") != nullptr;
  for (const std::string& file : files_) {
    const std::string said = said_of(file);
    const fs::path expected = fs::path(file).replace_extension(".txt");
    EXPECT_FALSE(said.empty()) << file << " has nothing wrong";
    if (renew) std::ofstream(expected, std::ios::binary) << said;
    EXPECT_EQ(said, read(expected)) << file;
  }
}

TEST_F(BadFiles, HaveEachATextAndNoTextIsWithoutAFile) {
  for (const auto& entry : fs::directory_iterator(".")) {
    if (entry.path().filename() == "README.md") continue;
    fs::path other = entry.path();
    other.replace_extension(entry.path().extension() == ".yaml" ? ".txt" : ".yaml");
    EXPECT_TRUE(fs::exists(other)) << other;
  }
}

}  // namespace
}  // namespace shoal::host
