// dataset_testing.h: a dataset of the plugin under test, opened over files of a folder that goes with the test.
#ifndef SHOAL_PLUGINS_DATASETS_COMMON_DATASET_TESTING_H_
#define SHOAL_PLUGINS_DATASETS_COMMON_DATASET_TESTING_H_

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "made_component.h"
#include "shoal/dataset.h"
#include "shoal/plugin.h"
#include "temp_folder.h"

extern "C" shoal_plugin_fn shoal_plugin_v1;

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

class DatasetTest : public ::testing::Test {
 protected:
  /// `id` is the component's, "dataset/npz"; calls run on so many threads.
  explicit DatasetTest(const char* id, int threads = 1) : host{{.threads = threads}}, id_(id) {}

  /// The dataset, made and opened; `info` is then what it says of itself.
  DatasetProxy& open(const Values& values) {
    made_.emplace(host, shoal_plugin_v1, id_, values);
    data_.emplace(made_->object());
    info = data_->open(host.context());
    return *data_;
  }
  /// What it says when it refuses to be opened.
  std::string refusal(const Values& values) {
    return message_of<InputError>([&] { open(values); });
  }
  static Bytes bytes_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
  }

  TempFolder folder;
  Host host;
  DatasetInfo info;

 private:
  const char* id_;
  std::optional<MadeComponent> made_;
  std::optional<DatasetProxy> data_;
};

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_PLUGINS_DATASETS_COMMON_DATASET_TESTING_H_
