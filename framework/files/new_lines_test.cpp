#include "framework/files/new_lines.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace shoal::host {
namespace {

TEST(NewLines, AreWholeAndFromWhereItWas) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("shoal-new-lines-test-" + std::to_string(getpid()));
  const auto write = [&](const std::string& text) { std::ofstream(file, std::ios::binary) << text; };
  write("one\ntwo\nthr");
  NewLines found = read_new_lines(file, 0);
  EXPECT_EQ(found.text, "one\ntwo\n");
  EXPECT_EQ(found.next, 8u);
  EXPECT_EQ(read_new_lines(file, 8).text, "");
  EXPECT_EQ(read_new_lines(file, 8).next, 8u);
  write("one\ntwo\nthree\n");
  EXPECT_EQ(read_new_lines(file, 8).text, "three\n");
  EXPECT_EQ(read_new_lines(file, 0, 5).text, "one\n");
  EXPECT_EQ(read_new_lines(file, 8, 2).text, "three\n");  // one that is longer than that
  EXPECT_EQ(read_new_lines(file, 999).next, 999u);
  std::filesystem::remove(file);
  EXPECT_EQ(read_new_lines(file, 3).next, 3u);
}

}  // namespace
}  // namespace shoal::host
