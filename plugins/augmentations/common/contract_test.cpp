// What augmentation.h asks of every augmentation of images, asked of each plugin as the program opens it.
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <dlfcn.h>
#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "plugins/datasets/common/made_component.h"
#include "shoal/torch/augmentation.h"

namespace {

using shoal::InputError;
using shoal::Random;
using shoal::testing::Host;
using shoal::testing::MadeComponent;
using shoal::testing::Values;
using ::testing::ThrowsMessage;

/// A plugin, parameters with which it changes nothing, and some with which it changes nearly every image.
struct Plugin {
  const char* name;
  Values still, lively = {};
};

const Plugin kPlugins[] = {
    {"affine", {{"shift", 0}, {"rotate", 0}, {"scale", 0}, {"shear", 0}}},
    {"blur", {{"p", 0}}, {{"p", 1}}},
    {"contrast", {{"contrast", 0}, {"brightness", 0}}},
    {"crop", {{"padding", 0}}},
    {"elastic", {{"alpha", 0}}},
    {"erase", {{"p", 0}}, {{"p", 1}}},
    {"flip", {{"horizontal", 0}}, {{"vertical", 0.5}}},
    {"noise", {{"sigma", 0}}},
};

shoal_plugin_fn* open(const std::string& name) {
  const std::string file = SHOAL_TEST_PLUGINS "/lib" + name + ".so";
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed, as in the program
  shoal::require(library != nullptr, "{}", library != nullptr ? "" : dlerror());
  return reinterpret_cast<shoal_plugin_fn*>(dlsym(library, "shoal_plugin_v1"));
}

/// "augmentation/NAME" with these parameters, applied with Random(7).
at::Tensor applied(const std::string& name, const Values& values, const at::Tensor& batch, int threads = 1) {
  Host host({.threads = threads});
  const MadeComponent made(host, open(name), "augmentation/" + name, values);
  return shoal::torch_component<shoal::Augmentation>(made.object()).apply(host.context(), batch, Random(7));
}

/// Uniform in [0, 1).
at::Tensor images(std::int64_t n, std::int64_t channels, std::int64_t height, std::int64_t width) {
  at::Tensor out = at::zeros({n, channels, height, width});
  Random random(3);
  for (std::int64_t i = 0; i < out.numel(); ++i)
    out.mutable_data_ptr<float>()[i] = static_cast<float>(random.uniform(0, 0.999));
  return out;
}

class EveryAugmentation : public ::testing::TestWithParam<Plugin> {
 protected:
  at::Tensor still(const at::Tensor& batch) { return applied(GetParam().name, GetParam().still, batch); }
  at::Tensor lively(const at::Tensor& batch, int threads = 1) {
    return applied(GetParam().name, GetParam().lively, batch, threads);
  }
};

TEST_P(EveryAugmentation, IsTheSameForAnyNumberOfThreads) {
  const at::Tensor batch = images(100, 3, 14, 11);
  const at::Tensor one = lively(batch, 1);
  EXPECT_TRUE(at::equal(one, lively(batch, 2)));
  EXPECT_TRUE(at::equal(one, lively(batch, 3)));
  EXPECT_FALSE(at::equal(one, batch));
}

TEST_P(EveryAugmentation, DrawsForEachExampleFromItsOwnStream) {
  const at::Tensor image = images(1, 1, 28, 28);
  const at::Tensor views = lively(image.expand({20, 1, 28, 28}).contiguous());
  int like_the_first = 0;
  for (int i = 1; i < 20; ++i) like_the_first += at::equal(views[i], views[0]);
  EXPECT_LT(like_the_first, 19);
  // The first ten do not depend on how many come after them.
  EXPECT_TRUE(at::equal(views.narrow(0, 0, 10), lively(image.expand({10, 1, 28, 28}).contiguous())));
}

TEST_P(EveryAugmentation, LeavesItsArgumentAlone) {
  const at::Tensor batch = images(20, 1, 28, 28), before = batch.clone();
  EXPECT_FALSE(lively(batch).is_alias_of(batch));
  EXPECT_FALSE(still(batch).is_alias_of(batch));
  EXPECT_TRUE(at::equal(batch, before));
}

TEST_P(EveryAugmentation, CopiesBitsWithoutRanges) {
  const at::Tensor batch = images(50, 2, 7, 5);
  auto* numbers = batch.mutable_data_ptr<float>();
  numbers[3] = -0.f, numbers[75] = 1e-42f, numbers[76] = -3, numbers[800] = std::numeric_limits<float>::infinity();
  const at::Tensor out = still(batch);
  EXPECT_EQ(std::memcmp(out.const_data_ptr<float>(), batch.const_data_ptr<float>(), sizeof(float) * 50 * 70), 0);
}

TEST_P(EveryAugmentation, KeepsNumbersFromZeroToOne) {  // but for the rounding of a mean of several
  const at::Tensor out = lively(images(50, 1, 28, 28));
  EXPECT_GE(out.min().item<float>(), -1e-6f);
  EXPECT_LE(out.max().item<float>(), 1 + 1e-6f);
}

TEST_P(EveryAugmentation, TakesAnyShape) {  // images smaller than what is done to them, too
  for (const auto& [height, width] : {std::pair{1, 1}, {1, 9}, {9, 1}, {2, 3}}) {
    const at::Tensor batch = images(5, 3, height, width);
    EXPECT_EQ(lively(batch).sizes(), batch.sizes()) << height << " x " << width;
  }
  EXPECT_EQ(lively(at::zeros({0, 1, 28, 28})).size(0), 0);
}

TEST_P(EveryAugmentation, RefusesWhatIsNoBatchOfImages) {
  const auto apply = [&](const at::Tensor& batch) { return [this, batch] { lively(batch); }; };
  EXPECT_THAT(apply(at::zeros({2, 784})), ThrowsMessage<InputError>("expected images (batch, channels, height, width) "
                                                                    "without gaps, got a tensor of shape (2, 784)"));
  EXPECT_THAT(
      apply(at::zeros({2, 1, 4, 5}).narrow(3, 0, 4)),
      ThrowsMessage<InputError>("expected images (batch, channels, height, width) without gaps, got a tensor of "
                                "shape (2, 1, 4, 4) with gaps"));
  EXPECT_THAT(apply(at::zeros({2, 1, 4, 4}, at::kDouble)), ThrowsMessage<InputError>("expected float32, got float64"));
}

INSTANTIATE_TEST_SUITE_P(Plugins, EveryAugmentation, ::testing::ValuesIn(kPlugins),
                         [](const auto& plugin) { return std::string(plugin.param.name); });

TEST(Blur, RefusesWidthsTheWrongWayRound) {
  EXPECT_THAT(
      [] {
        applied("blur", {{"min_sigma", 1.5}, {"max_sigma", 1}}, images(1, 1, 4, 4));
      },
      ThrowsMessage<InputError>("'min_sigma' must be at most 'max_sigma' (1), but is 1.5"));
}

TEST(Erase, RefusesSidesTheWrongWayRound) {
  EXPECT_THAT(
      [] {
        applied("erase", {{"min_side", 9}, {"max_side", 4}}, images(1, 1, 4, 4));
      },
      ThrowsMessage<InputError>("'min_side' must be at most 'max_side' (4), but is 9"));
}

}  // namespace
