#ifndef SHOAL_FRAMEWORK_PLUGIN_TESTING_FOLDER_H_
#define SHOAL_FRAMEWORK_PLUGIN_TESTING_FOLDER_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace shoal::host {

/// Tests that have a folder of their own, new and empty for each.
class WithFolder : public ::testing::Test {
 protected:
  WithFolder() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~WithFolder() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ = std::filesystem::canonical(std::filesystem::temp_directory_path()) /
                                        ("shoal-plugin-test-" + std::to_string(getpid()));
};

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_PLUGIN_TESTING_FOLDER_H_
