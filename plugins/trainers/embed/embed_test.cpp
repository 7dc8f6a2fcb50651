#include "embed.h"

#include <gmock/gmock.h>

#include "shoal/torch/testing_toys.h"

namespace {

using shoal::testing::Blobs;
using shoal::testing::Host;
using shoal::testing::TestInputs;
using shoal::testing::TestOutputs;
using shoal::testing::ToyEncoder;

TEST(Embed, GivesWhatTheEncoderMakesOfEachExample) {
  Host host;
  TestInputs inputs(host);
  inputs.wire<ToyEncoder>("encoder");
  inputs.wire<Blobs>("data", 300);
  TestOutputs outputs;
  Embed().run(host.context(), inputs, outputs);
  const auto features = outputs.arrays.at("features").view();
  ASSERT_EQ(features.rows(), 300);
  ASSERT_EQ(features.cols(), 16);

  const shoal::Examples data(host.context(), *inputs.dataset("data"));
  const auto encoder = inputs.encoder("encoder", data.shape());
  encoder->train(false);
  const at::Tensor last = encoder->forward(data.range(299, 300));
  for (shoal::Index j = 0; j < 16; ++j)
    EXPECT_NEAR(features.matrix<float>()(299, j), last[0][j].item<float>(),
                1e-5);  // a batch of one is added up otherwise
}

}  // namespace
