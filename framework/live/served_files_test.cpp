#include "framework/live/served_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

class ServedFilesTest : public ::testing::Test {
 protected:
  ServedFilesTest() {
    fs::create_directories(base_ / "run/figures");
    write("run/results.json", "{}");
    write("run/figures/loss.svg", "<svg/>");
    write("secret.txt", "secret");
    write("run-other.txt", "secret");
    folder_ = fs::canonical(base_ / "run");
  }
  ~ServedFilesTest() override { fs::remove_all(base_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(base_ / name, std::ios::binary) << text;
  }
  bool serves(const std::string& path) const { return find_served_file(folder_, path).has_value(); }

  fs::path base_ = fs::temp_directory_path() / ("shoal-served-test-" + std::to_string(getpid()));
  fs::path folder_;
};

TEST_F(ServedFilesTest, FindsFilesOfTheRun) {
  EXPECT_EQ(find_served_file(folder_, "/results.json"), folder_ / "results.json");
  EXPECT_EQ(find_served_file(folder_, "/figures/loss.svg"), folder_ / "figures/loss.svg");
  EXPECT_EQ(media_type_of("a/loss.svg"), "image/svg+xml");
}

TEST_F(ServedFilesTest, FindsNothingElse) {
  fs::create_symlink(base_ / "secret.txt", base_ / "run/link.txt");
  fs::create_directory_symlink(base_, base_ / "run/up");
  fs::create_symlink("results.json", base_ / "run/inside.json");
  EXPECT_TRUE(serves("/inside.json"));
  for (const char* path :
       {"", "results.json", "/", "/figures", "/figures/", "/absent", "/../secret.txt", "/..",
        "/figures/../../secret.txt", "/../run-other.txt", "//etc/passwd", "/link.txt", "/up/secret.txt"})
    EXPECT_FALSE(serves(path)) << path;
  EXPECT_FALSE(serves(std::string("/results.json\0.png", 18)));
}

}  // namespace
}  // namespace shoal::host
