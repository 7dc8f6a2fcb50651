#include "shoal/torch/precision.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "shoal/torch/module.h"
#include "shoal/torch/testing.h"

namespace shoal {
namespace {

using ::testing::HasSubstr;
using testing::Host;
using testing::TestOutputs;
using ::testing::ThrowsMessage;

const Compute kBFloat16(at::kCPU, Precision::kBFloat16);

/// The same numbers from N(0, 1) each time.
at::Tensor normal(at::IntArrayRef shape) {
  at::Tensor out = at::empty(shape, at::kFloat);
  Random random(1);
  for (Index i = 0; i < out.numel(); ++i) out.mutable_data_ptr<float>()[i] = static_cast<float>(random.normal());
  return out;
}

TEST(Precision, AutoIsBFloat16OnlyOnACpuThatHasIt) {
  const auto chosen = [](CpuFeatures features, at::Device device = at::kCPU) {
    return choose_precision(Precision::kAuto, device, features);
  };
  EXPECT_EQ(chosen({}), Precision::kFloat32);
  EXPECT_EQ(chosen({.avx512_bf16 = true}), Precision::kBFloat16);
  EXPECT_EQ(chosen({.amx_bf16 = true}), Precision::kBFloat16);
  EXPECT_EQ(chosen({.avx512_bf16 = true, .amx_bf16 = true}, at::Device(at::kCUDA, 0)), Precision::kFloat32);
}

TEST(Precision, IsWhatIsAskedForWhateverTheCpu) {
  EXPECT_EQ(choose_precision(Precision::kFloat32, at::kCPU, {.avx512_bf16 = true}), Precision::kFloat32);
  EXPECT_EQ(choose_precision(Precision::kBFloat16, at::kCPU, {}), Precision::kBFloat16);
  EXPECT_THAT([] { choose_precision(Precision::kBFloat16, at::Device(at::kCUDA, 1), {}); },
              ThrowsMessage<InputError>(
                  HasSubstr("precision 'bfloat16' is for the CPU, but the device is cuda:1; take float32")));
}

#if defined(__linux__) && defined(__x86_64__)
TEST(Precision, SeesOfTheProcessorWhatLinuxSees) {
  std::ifstream file("/proc/cpuinfo");
  std::set<std::string> flags;
  for (std::string line; flags.empty() && std::getline(file, line);) {
    if (!line.starts_with("flags")) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    for (std::string word; words >> word;) flags.insert(word);
  }
  if (flags.empty()) GTEST_SKIP() << "/proc/cpuinfo lists no flags";
  EXPECT_EQ(cpu_features().avx512_bf16, flags.contains("avx512_bf16"));
  EXPECT_EQ(cpu_features().amx_bf16, flags.contains("amx_bf16"));
}
#endif

TEST(Precision, IsSaidInTheLogAndInTheResult) {
  Host host;
  TestOutputs chosen, asked;
  const Compute compute =
      choose_compute(host.context(), at::kCPU, PrecisionOptions{.precision = Precision::kAuto}, chosen);
  EXPECT_EQ(chosen.numbers.at("precision_bits"), compute.bfloat16() ? 16 : 32);
  const CpuFeatures features = cpu_features();
  EXPECT_EQ(compute.bfloat16(), features.avx512_bf16 || features.amx_bf16);
  ASSERT_EQ(host.log().size(), 1u);
  EXPECT_THAT(host.log()[0].text,
              HasSubstr(compute.bfloat16() ? "precision 'auto' is bfloat16 here" : "precision 'auto' is float32 here"));
  choose_compute(host.context(), at::kCPU, PrecisionOptions{.precision = Precision::kBFloat16}, asked);
  EXPECT_EQ(asked.numbers.at("precision_bits"), 16);
  EXPECT_EQ(host.log().size(), 1u);
}

// 257 needs 9 bits: in bfloat16, which has 8, it is 256, the even one of its neighbours.
const at::Tensor kNumber = at::full({1, 1}, 257.0f);

/// 257 · weight, as it is computed at the place of the call.
float product(float weight = 1) {
  const c10::NoGradGuard no_grad;
  return at::linear(kNumber, at::full({1, 1}, weight)).to(at::kFloat).item<float>();
}

TEST(Compute, MultipliesInBFloat16AndReturnsFloat32) {
  const at::Tensor weight = at::full({1, 1}, 3.0f).set_requires_grad(true);
  const at::Tensor out = kBFloat16([&] { return at::linear(kNumber, weight); });
  EXPECT_EQ(out.scalar_type(), at::kFloat);
  EXPECT_EQ(out.item<float>(), 768);
  out.sum().backward();
  EXPECT_EQ(weight.grad().scalar_type(), at::kFloat);
  EXPECT_EQ(weight.grad().item<float>(), 256);
  EXPECT_EQ(Compute()([&] { return at::linear(kNumber, weight); }).item<float>(), 771);
}

TEST(Compute, ChangesNothingOutsideTheCall) {
  EXPECT_EQ(product(), 257);
  kBFloat16([] {
    EXPECT_EQ(product(), 256);
    kBFloat16([] { return kNumber; });
    EXPECT_EQ(product(), 256);  // the inner call has not switched it off
    std::thread([] { EXPECT_EQ(product(), 257); }).join();
    return kNumber;
  });
  EXPECT_EQ(product(), 257);
  EXPECT_THROW(kBFloat16([]() -> at::Tensor { throw InputError("no"); }), InputError);
  EXPECT_EQ(product(), 257);
}

TEST(Compute, SeesParametersThatHaveMovedSinceTheLastCall) {  // LibTorch keeps what it has converted
  const at::Tensor weight = at::full({1, 1}, 1.0f).set_requires_grad(true);
  const auto forward = [&] { return at::linear(kNumber, weight); };
  EXPECT_EQ(kBFloat16(forward).item<float>(), 256);
  {
    const c10::NoGradGuard no_grad;
    weight.fill_(2);
  }
  EXPECT_EQ(kBFloat16(forward).item<float>(), 512);
}

/// Convolution, batch norm, pool, ReLU, linear layer.
struct Network : Module {
  Network() {
    const Random random(1);
    conv = add_conv2d(*this, "conv", {.in = 1, .out = 8, .kernel = 3, .padding = 1}, random);
    norm = add_batch_norm(*this, "norm", 8);
    linear = add_linear(*this, "linear", 8 * 4 * 4, 10, random);
  }
  at::Tensor forward(const at::Tensor& x) {
    return linear(at::max_pool2d(norm(conv(x), /*training=*/true), {2, 2}).relu().flatten(1));
  }
  Conv2d conv;
  BatchNorm norm;
  Linear linear;
};

TEST(Compute, GivesGradientsAndStatisticsNearThoseOfFloat32) {
  const at::Tensor x = normal({16, 1, 8, 8}), labels = at::zeros({16}, at::kLong);
  Network exact, rounded;
  at::cross_entropy_loss(exact.forward(x), labels).backward();
  at::cross_entropy_loss(kBFloat16([&] { return rounded.forward(x); }), labels).backward();
  const auto apart = [](const at::Tensor& a, const at::Tensor& b) {
    return (a - b).norm().item<float>() / a.norm().item<float>();
  };
  for (std::size_t i = 0; i < exact.parameters().size(); ++i) {
    const auto& [name, parameter] = exact.parameters()[i];
    if (name == "conv.bias") continue;  // batch norm takes it out again: its gradient is 0 but for rounding
    const at::Tensor gradient = rounded.parameters()[i].second.grad();
    EXPECT_EQ(gradient.scalar_type(), at::kFloat) << name;
    EXPECT_LT(apart(parameter.grad(), gradient), 0.1) << name;  // 8 bits: 0.004 an operation; batch norm and ReLU amplify it
    EXPECT_GT(apart(parameter.grad(), gradient), 0) << name;
  }
  for (std::size_t i = 0; i < exact.buffers().size(); ++i) {
    EXPECT_EQ(rounded.buffers()[i].second.scalar_type(), at::kFloat);
    EXPECT_LT(apart(exact.buffers()[i].second, rounded.buffers()[i].second), 0.01) << exact.buffers()[i].first;
  }
}

}  // namespace
}  // namespace shoal
