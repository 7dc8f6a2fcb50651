// Files that others read: NPY and safetensors byte by byte, and that nothing is left half-written.
#include "framework/run/artifacts.h"

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "shoal/error.h"
#include "shoal/matrix.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;

class ArtifactsTest : public ::testing::Test {
 protected:
  ArtifactsTest() { fs::create_directories(folder_); }
  ~ArtifactsTest() override { fs::remove_all(folder_); }
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  fs::path folder_ = fs::temp_directory_path() / ("shoal-artifacts-test-" + std::to_string(getpid()));
};

TEST_F(ArtifactsTest, WritesNpyAsNumPyDoes) {
  const RowMatrix<double> m{{1, 2, 3}, {4, 5, 6}};
  write_npy(folder_ / "m.npy", ConstArray(m));
  const std::string bytes = read(folder_ / "m.npy");
  ASSERT_EQ(bytes.size(), 128u + 6 * 8);  // magic, version, length and header fill a multiple of 64
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_THAT(bytes.substr(10, 118),
              ::testing::StartsWith("{'descr': '<f8', 'fortran_order': False, 'shape': (2,3,), }"));
  EXPECT_EQ(bytes[127], '\n');
  double last = 0;
  std::memcpy(&last, bytes.data() + 128 + 5 * 8, 8);
  EXPECT_EQ(last, 6);
}

TEST_F(ArtifactsTest, WritesTheRowsOfAStridedArray) {  // the first two columns of three
  const RowMatrix<double> m{{1, 2, 3}, {4, 5, 6}};
  const Index shape[] = {2, 2}, strides[] = {3, 1};
  shoal_array columns = ConstArray(m).c_array();
  columns.shape = shape;
  columns.strides = strides;
  write_npy(folder_ / "m.npy", ConstArray(columns));
  const std::string bytes = read(folder_ / "m.npy");
  ASSERT_EQ(bytes.size(), 128u + 4 * 8);
  double last[2];
  std::memcpy(last, bytes.data() + 128 + 2 * 8, sizeof(last));
  EXPECT_THAT(last, ::testing::ElementsAre(4, 5));
}

TEST_F(ArtifactsTest, WritesSafetensors) {
  write_safetensors(folder_ / "w.safetensors",
                    {{"a.weight", at::arange(4, at::kFloat).view({2, 2})}, {"n", at::arange(3, at::kLong)}});
  const std::string bytes = read(folder_ / "w.safetensors");
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  EXPECT_EQ(header % 8, 0u);
  const auto json = nlohmann::json::parse(bytes.substr(8, header));
  EXPECT_EQ(json["a.weight"]["dtype"], "F32");
  EXPECT_EQ(json["a.weight"]["shape"], nlohmann::json({2, 2}));
  EXPECT_EQ(json["n"]["data_offsets"], nlohmann::json({16, 40}));
  ASSERT_EQ(bytes.size(), 8 + header + 40);
  float third = 0;
  std::memcpy(&third, bytes.data() + 8 + header + 8, 4);
  EXPECT_EQ(third, 2);
}

TEST_F(ArtifactsTest, ReadsSafetensorsAgain) {
  const NamedTensors tensors = {{"w", at::arange(6, at::kDouble).view({2, 3})}, {"b", at::arange(3).to(at::kByte)}};
  write_safetensors(folder_ / "w.safetensors", tensors, {{"example", "[1,2]"}});
  const Safetensors found = read_safetensors(folder_ / "w.safetensors");
  EXPECT_EQ(found.metadata, (Metadata{{"example", "[1,2]"}}));
  ASSERT_EQ(found.tensors.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(found.tensors[i].first, tensors[i].first);
    EXPECT_TRUE(found.tensors[i].second.equal(tensors[i].second));
  }
}

TEST_F(ArtifactsTest, RefusesSafetensorsCutAnywhereByTheirName) {
  write_safetensors(folder_ / "w.safetensors", {{"w", at::arange(6, at::kFloat)}}, {{"kind", "encoder"}});
  const std::string whole = read(folder_ / "w.safetensors");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    std::ofstream(folder_ / "cut.safetensors", std::ios::binary) << whole.substr(0, n);
    try {
      read_safetensors(folder_ / "cut.safetensors");
      FAIL() << n << " bytes were taken";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("cut.safetensors is damaged: ")) << n;
    }
  }
}

TEST_F(ArtifactsTest, NamesAFileThatCannotBeWrittenAndLeavesNothing) {
  try {
    write_atomically(folder_ / "nowhere" / "x.json", "{}");
    FAIL() << "it was written";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("nowhere/x.json"));
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ArtifactsTest, ReplacesAFileWhole) {
  write_atomically(folder_ / "x.json", "a long first text");
  write_atomically(folder_ / "x.json", "short");
  EXPECT_EQ(read(folder_ / "x.json"), "short");
}

}  // namespace
}  // namespace shoal::host
