// Beside umap-learn on 2000 digits of MNIST.
#include <gmock/gmock.h>
#include <zlib.h>

#include "../../../tests/reference/reference.h"
#include "shoal/kernels/neighbors.h"
#include "shoal/kernels/trustworthiness.h"
#include "shoal/testing_component.h"
#include "shoal/transform.h"

namespace {

using shoal::ConstArray;
using shoal::Index;
using shoal::RowMatrix;
using shoal::testing::Host;
using shoal::testing::Made;

constexpr const char* kImages = "t10k-images-idx3-ubyte.gz";

// `count` bytes of a file of data/mnist, after its header.
std::vector<std::uint8_t> bytes_of(const std::string& name, std::size_t header, std::size_t count) {
  auto root = std::filesystem::current_path();
  while (!exists(root / "data/mnist") && root != root.parent_path()) root = root.parent_path();
  std::vector<std::uint8_t> bytes(header + count);
  gzFile file = gzopen((root / "data/mnist" / name).c_str(), "rb");
  const int read = file == nullptr ? -1 : gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  if (file != nullptr) gzclose(file);
  if (read != static_cast<int>(bytes.size())) throw std::runtime_error("data/mnist/" + name + " is missing or short");
  return {bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end()};
}

// The first `rows` test images, a pixel in [0, 1].
RowMatrix<float> digits(Index rows) {
  const auto bytes = bytes_of(kImages, 16, static_cast<std::size_t>(rows * 784));
  return shoal::ConstMatrix<std::uint8_t>(bytes.data(), rows, 784, Eigen::OuterStride<>(784)).cast<float>() / 255;
}

// The embedding of the kind that tests/reference/umap_learn.py has measured as its case `number` (the first one,
// min_dist 0.1 in two columns, reaches 0.9415 beside 0.9408).
void expect_as_good_as_umap_learn(std::size_t number) {
  const auto c = shoal::testing::reference("umap_learn")["digits"][number];
  double expected = 0;
  for (const double seed : c["trustworthiness"]) expected += seed / static_cast<double>(c["trustworthiness"].size());
  const RowMatrix<float> x = digits(2000);
  Host host({.threads = 2});
  const Made made(host.context(), "transform/umap",
                  {{"components", c["components"].get<int>()}, {"min_dist", c["min_dist"].get<double>()}});
  shoal::TransformProxy umap(made.object(), host.context());
  umap.fit(host.context(), ConstArray(x));
  const shoal::Array found = umap.apply(host.context(), ConstArray(x));
  const double reached = shoal::kernels::trustworthiness(host.context(), ConstArray(x), found, 15);
  EXPECT_GE(reached, expected - 0.005);
}

TEST(UmapOnMnist, IsAsTrustworthyAsUmapLearnInTwoPackedColumns) { expect_as_good_as_umap_learn(1); }
TEST(UmapOnMnist, IsAsTrustworthyAsUmapLearnForClustering) { expect_as_good_as_umap_learn(2); }

}  // namespace
