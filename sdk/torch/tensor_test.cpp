#include "shoal/torch/tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "shoal/matrix.h"
#include "shoal/testing.h"

namespace shoal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Host;
using ::testing::ThrowsMessage;

TEST(Tensor, SharesTheArraysMemoryAndKeepsIt) {
  Host host;
  Array array = host.context().allocate<float>({2, 3});
  const void* bytes = array.view().bytes();
  at::Tensor made = tensor(array);
  EXPECT_EQ(made.data_ptr(), bytes);
  EXPECT_THAT(made.sizes(), ElementsAre(2, 3));
  array.mutable_view().data<float>()[4] = 7;
  EXPECT_EQ(made[1][1].item<float>(), 7);

  array = Array();
  EXPECT_EQ(host.live_arrays(), 1);  // the tensor's
  made = at::Tensor();
  EXPECT_EQ(host.live_arrays(), 0);
}

TEST(Tensor, BorrowsAViewWithItsStrides) {
  std::vector<std::int64_t> values{0, 1, 2, 3, 4, 5};
  const std::int64_t shape[] = {2, 2}, strides[] = {3, 1};  // the first two numbers of each row of three
  const at::Tensor borrowed =
      borrowed_tensor(ConstArray(shoal_array{values.data(), 1, 0, 2, 0, 64, 1, shape, strides, 0}));
  EXPECT_EQ(borrowed.data_ptr(), values.data());
  EXPECT_EQ(borrowed[1][0].item<std::int64_t>(), 3);
}

TEST(View, SharesTheTensorsMemory) {
  const at::Tensor x = at::zeros({4, 3}, at::kDouble);
  const ConstArray seen = view(x.narrow(1, 1, 2));
  EXPECT_EQ(seen.bytes(), static_cast<double*>(x.data_ptr()) + 1);
  EXPECT_THAT(seen.shape(), ElementsAre(4, 2));
  EXPECT_EQ(seen.stride(0), 3);
}

TEST(View, TakesAColumnThatLibTorchCallsContiguous) {  // (3, 1) with strides (1, 3)
  const at::Tensor column = at::zeros({1, 3}).t();
  ASSERT_TRUE(column.is_contiguous());
  EXPECT_THAT(view(column).shape(), ElementsAre(3, 1));
}

TEST(View, RefusesWhatIsNoArrayAndSaysWhy) {
  EXPECT_THAT(
      [] {
        view(at::zeros({2, 3}).t());
      },
      ThrowsMessage<InputError>("expected a tensor whose last stride is 1, got 3"));
  EXPECT_THAT([] { view(at::zeros({2}, at::kInt)); },
              ThrowsMessage<InputError>("arrays hold uint8, int64, float32 or float64, but the tensor is Int"));
  EXPECT_THAT([] { view(at::Tensor()); }, ThrowsMessage<InputError>(HasSubstr("undefined")));
  EXPECT_THAT([] { view(at::empty({2}, at::TensorOptions(at::kMeta))); },
              ThrowsMessage<InputError>("expected a tensor on the cpu, got one on meta"));
}

TEST(UnitRows, LeavesARowOfZerosAndItsGradientAlone) {
  at::Tensor x = at::zeros({2, 2});
  x[0][0] = 3, x[0][1] = 4;
  x.requires_grad_(true);
  const at::Tensor unit = unit_rows(x);
  EXPECT_FLOAT_EQ(unit[0][0].item<float>(), 0.6F);
  EXPECT_FLOAT_EQ(unit[0][1].item<float>(), 0.8F);
  EXPECT_EQ(unit[1].abs().sum().item<float>(), 0);
  unit.sum().backward();
  EXPECT_NEAR(x.grad()[0][0].item<float>(), (1 - 0.6 * 1.4) / 5, 1e-6);  // (1 − x̂(x̂·1))/‖x‖
  EXPECT_EQ(x.grad()[1][0].item<float>(), 1);
  EXPECT_EQ(x.grad()[1][1].item<float>(), 1);
}

}  // namespace
}  // namespace shoal
