#include "compose.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>

#include "shoal/plugin.h"
#include "shoal/testing.h"

namespace {

using shoal::Context;
using shoal::Random;
using shoal::testing::Host;

/// x → 2·x + u, u the first number of its stream.
class Noisy final : public shoal::Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const Random& random) const override {
    return batch * 2 + Random(random).uniform();
  }
};

class NoAugmentation final : public shoal::Component {
 public:
  using Interfaces = shoal::InterfaceList<shoal::TakesInputs>;
};

class ComposeTest : public ::testing::Test {
 protected:
  ComposeTest() {
    plugin_.add<Noisy>("augmentation/noisy");
    plugin_.add<NoAugmentation>("other/none");
    plugin_.finish(&components_);
  }
  shoal::Object object(int component, void* self) {
    objects_.push_back({sizeof(shoal_object), components_[component], self});
    return shoal::Object(objects_.back());
  }

  Host host_;
  shoal::PluginBuilder plugin_{"for tests"};
  const shoal_component* const* components_ = nullptr;
  std::deque<shoal_object> objects_;
};

TEST_F(ComposeTest, AppliesInOrderEachWithAStreamOfItsOwn) {
  Noisy first, second;
  Compose compose;
  compose.bind(host_.context(), "augmentations", {object(0, &first), object(0, &second)});
  const double u0 = Random(1).fork("augmentation 0").uniform(), u1 = Random(1).fork("augmentation 1").uniform();
  ASSERT_NE(u0, u1);
  const at::Tensor out = compose.apply(host_.context(), at::ones({1, 1, 1, 1}), Random(1));
  EXPECT_NEAR(out.item<float>(), 2 * (2 + u0) + u1, 1e-6);
}

TEST_F(ComposeTest, OfNothingIsACopy) {
  Compose compose;
  const at::Tensor batch = at::ones({2, 1, 3, 3});
  const at::Tensor out = compose.apply(host_.context(), batch, Random(1));
  EXPECT_TRUE(at::equal(out, batch));
  EXPECT_FALSE(out.is_alias_of(batch));
}

TEST_F(ComposeTest, RefusesWhatIsNoAugmentation) {
  NoAugmentation none;
  Compose compose;
  EXPECT_THAT([&] { compose.bind(host_.context(), "augmentations", {object(1, &none)}); },
              ::testing::ThrowsMessage<shoal::Unsupported>("other/none does not offer torch.augmentation/1"));
}

}  // namespace
