// image_testing.h: the files that testdata/make.py wrote with Pillow.
#ifndef SHOAL_DATASETS_IMAGE_TESTING_H_
#define SHOAL_DATASETS_IMAGE_TESTING_H_

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../common/temp_folder.h"

namespace [[gnu::visibility("hidden")]] images {
namespace testing {

using shoal::testing::Bytes;

/// All of testdata/`name`.
inline Bytes contents(const std::string& name) {
  std::ifstream file("testdata/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("testdata/" + name + " is missing");
  return Bytes(std::istreambuf_iterator<char>(file), {});
}
inline std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace testing
}  // namespace images

#endif  // SHOAL_DATASETS_IMAGE_TESTING_H_
