#include "framework/files/file_watch.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is done to a file is there to be heard when the call that does it returns.
class Files : public ::testing::Test {
 protected:
  Files() {
    std::string name = (fs::temp_directory_path() / "shoal-watch-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder = name;
  }
  ~Files() override { fs::remove_all(folder); }

  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
    return folder / name;
  }

  fs::path folder;
};

TEST_F(Files, ThatChangedAreNamed) {
  const fs::path same = write("same.yaml", "1"), other = write("other.yaml", "1"), gone = write("gone.yaml", "1");
  const Watched watched{.files = {same, other, gone, folder / "new.yaml", folder / "never.yaml"}};
  const FileStamps before = stamps_of(watched);
  write("other.yaml", "22");
  write("new.yaml", "1");
  fs::remove(gone);
  EXPECT_THAT(changed_files(before, stamps_of(watched)), ElementsAre(gone, folder / "new.yaml", other));
}

TEST_F(Files, OfPluginFoldersAndTreesCountToo) {
  write("plugins/libone.so", "1");
  write("tree/a/b.png", "1");
  const Watched watched{
      .plugin_folders = {folder / "plugins"}, .trees = {folder / "tree"}, .but = {folder / "tree/runs"}};
  const FileStamps before = stamps_of(watched);
  write("plugins/notes.txt", "1");
  write("tree/runs/1/log.txt", "1");
  write("tree/__pycache__/x.pyc", "1");
  EXPECT_THAT(changed_files(before, stamps_of(watched)), IsEmpty());
  const fs::path library = write("plugins/libtwo.so", "1"), image = write("tree/a/c.png", "1");
  EXPECT_THAT(changed_files(before, stamps_of(watched)), ElementsAre(library, image));
}

TEST_F(Files, AreHeardOfAndTheirNeighboursAreNot) {
  const fs::path file = write("a.yaml", "1");
  FileWatch watch({.files = {file}});
  write("b.yaml", "1");
  EXPECT_FALSE(watch.hear());
  write("a.yaml", "2");
  EXPECT_TRUE(watch.hear());
  EXPECT_FALSE(watch.hear());
  fs::rename(folder / "b.yaml", file);  // as editors do it
  EXPECT_TRUE(watch.hear());
}

TEST_F(Files, ThatAreHalfWrittenAreKnown) {
  const fs::path library = write("libx.so", "");
  FileWatch watch({.plugin_folders = {folder}});
  {
    std::ofstream linker(library);
    linker << "half" << std::flush;
    EXPECT_TRUE(watch.hear());
    EXPECT_TRUE(watch.being_written());
    linker << "the rest" << std::flush;
    EXPECT_TRUE(watch.hear());
    EXPECT_TRUE(watch.being_written());
  }
  EXPECT_TRUE(watch.hear());
  EXPECT_FALSE(watch.being_written());
}

TEST_F(Files, MayComeInFoldersThatAreNotThereYet) {
  const Watched watched{.plugin_folders = {folder / "build/plugins"}};
  FileWatch first(watched);
  fs::create_directory(folder / "build");
  EXPECT_TRUE(first.hear());
  FileWatch second(watched);
  fs::create_directory(folder / "build/plugins");
  EXPECT_TRUE(second.hear());
  FileWatch third(watched);
  write("build/plugins/libx.so", "1");
  EXPECT_TRUE(third.hear());
}

}  // namespace
}  // namespace shoal::host
