#include "sobel.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/replication_pad2d.h>

#include "shoal/torch/tensor.h"

at::Tensor sobel_kernels() {
  const float kernels[] = {-1, 0,  1,  -2, 0, 2, -1, 0, 1,   // Gx
                           -1, -2, -1, 0,  0, 0, 1,  2, 1};  // Gy
  return shoal::borrowed_tensor(shoal::ConstArray(kernels, {2, 1, 3, 3})).clone();
}

at::Tensor sobel(const at::Tensor& images, const at::Tensor& kernels) {
  const at::Tensor gray = images.size(1) == 1 ? images : images.mean(1, /*keepdim=*/true);
  return at::conv2d(at::replication_pad2d(gray, {1, 1, 1, 1}), kernels);
}
