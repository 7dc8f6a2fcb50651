#include "affine_layer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/from_blob.h>
#include <gmock/gmock.h>

#include <vector>

namespace {

using shoal::Index;

at::Tensor tensor_of(std::vector<float> values, Index rows, Index cols) {
  return at::from_blob(values.data(), {rows, cols}, at::TensorOptions(at::kFloat)).clone();
}

TEST(Standardize, ShiftsAndScalesEachFeatureAndSaysByWhat) {
  const at::Tensor columns = tensor_of({1, 5, 1, 5, /*never varies*/ 7, 7, 7, 7}, 2, 4);
  const Moments moments = standardize(columns);
  EXPECT_TRUE(at::equal(columns, tensor_of({-1, 1, -1, 1, 0, 0, 0, 0}, 2, 4)));
  EXPECT_TRUE(at::equal(moments.mean, tensor_of({3, 7}, 1, 2).view(2)));
  EXPECT_TRUE(at::equal(moments.deviation, tensor_of({2, 1}, 1, 2).view(2)));
}

TEST(Fold, TakesFeaturesAsTheyAreRead) {
  // Two classes of standardised features: (4, −6) + 1 and (2, 8) − 1. By hand, of means 3 and 7, deviations 2 and 1:
  // weights (2, −6) and (1, 8); biases 1 − 6 + 42 = 37 and −1 − 3 − 56 = −60.
  const Layer layer{tensor_of({4, -6, 1, 2, 8, -1}, 2, 3)};
  const AffineLayer folded = fold(layer, {tensor_of({3, 7}, 1, 2).view(2), tensor_of({2, 1}, 1, 2).view(2)});
  EXPECT_TRUE(at::equal(folded.weight, tensor_of({2, -6, 1, 8}, 2, 2)));
  EXPECT_TRUE(at::equal(folded.bias, tensor_of({37, -60}, 1, 2).view(2)));
  // Of (5, 6), which is (1, −1) when standardised: 4 + 6 + 1 and 2 − 8 − 1.
  EXPECT_TRUE(at::equal(folded.logits(tensor_of({5, 6}, 1, 2)), tensor_of({11, -7}, 1, 2)));
}

TEST(Fold, LeavesALayerOfFeaturesThatNothingWasDoneTo) {
  const AffineLayer same = fold({tensor_of({4, -6, 1, 2, 8, -1}, 2, 3)}, {});
  EXPECT_TRUE(at::equal(same.weight, tensor_of({4, -6, 2, 8}, 2, 2)));
  EXPECT_TRUE(at::equal(same.bias, tensor_of({1, -1}, 1, 2).view(2)));
}

}  // namespace
