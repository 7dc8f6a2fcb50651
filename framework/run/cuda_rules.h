#ifndef SHOAL_FRAMEWORK_RUN_CUDA_RULES_H_
#define SHOAL_FRAMEWORK_RUN_CUDA_RULES_H_

namespace shoal::host {

/// Where LibTorch sees a CUDA device, holds it to what is true of the CPU: the same bytes each time, by the algorithms
/// that have no races (LibTorch warns where one has no such), and float32 that is float32, not TensorFloat-32. Nothing
/// elsewhere. To be called before the first work on a device, since cuBLAS reads its setting once.
/// Source: PyTorch's notes "Reproducibility" and "CUDA semantics".
void set_cuda_rules();

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_CUDA_RULES_H_
