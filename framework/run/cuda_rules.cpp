#include "framework/run/cuda_rules.h"

#include <ATen/Context.h>

#include <cstdlib>

namespace shoal::host {

void set_cuda_rules() {
  at::Context& context = at::globalContext();
  if (!context.hasCUDA()) return;
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);  // the user's own stays
  context.setDeterministicAlgorithms(true, /*warn_only=*/true);
  context.setDeterministicFillUninitializedMemory(false);  // no result of ours hangs on it, and it takes time
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
  context.setAllowTF32CuDNN(false);
  context.setAllowTF32CuBLAS(false);
}

}  // namespace shoal::host
