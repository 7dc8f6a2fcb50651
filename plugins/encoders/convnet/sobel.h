// sobel.h: brightness differences in place of brightness.
#ifndef SHOAL_PLUGINS_ENCODERS_CONVNET_SOBEL_H_
#define SHOAL_PLUGINS_ENCODERS_CONVNET_SOBEL_H_

#include <ATen/core/Tensor.h>

/// Gx and Gy, (2, 1, 3, 3): Sobel and Feldman 1968, not normalised.
at::Tensor sobel_kernels();

/// (B, C, H, W) → (B, 2, H, W): Gx and Gy of the mean over the channels, the border pixels repeated outwards. A
/// constant image gives 0 everywhere, a ramp of slope s gives 8·s inside. Frozen: nothing here is trained.
/// Source: the input of Caron et al., "Deep clustering for unsupervised learning of visual features", ECCV 2018.
at::Tensor sobel(const at::Tensor& images, const at::Tensor& kernels);

#endif  // SHOAL_PLUGINS_ENCODERS_CONVNET_SOBEL_H_
