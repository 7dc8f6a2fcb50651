#ifndef SHOAL_FRAMEWORK_CONFORMANCE_TORCH_WORK_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_TORCH_WORK_H_

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <string>

#include "framework/conformance/work.h"
#include "shoal/torch/module.h"

namespace shoal::host::conformance {

/// Numbers in [0, 1) float32 of this shape, the same each time; `draw`: others.
at::Tensor made_up(Context& context, const Shape& shape, std::uint64_t draw = 0);

/// Adds what a tensor holds; of any dtype that arrays have.
void add(Result& result, const std::string& name, const at::Tensor& tensor);
void add(Result& result, const std::string& prefix, const NamedTensors& tensors);

/// All that a module keeps, as it is now.
Result state_of(const Module& module);

/// That a tensor has this shape and dtype, lies on the CPU and holds finite numbers. `what`: "forward's result".
void expect_tensor(const at::Tensor& tensor, std::string_view what, const Shape& shape,
                   at::ScalarType dtype = at::kFloat);

/// That parameters want gradients and are float32, buffers want none, and all names are told apart.
void expect_good_state(const Module& module);

/// That after `loss`.backward() every parameter has a finite gradient, and not all are 0.
void expect_gradients(const Module& module, const at::Tensor& loss);

/// The cases that encoders, heads and objectives share. `build` makes a module of the trial ready.
Cases module_cases(const Subject& subject, const std::function<Module&(Trial&)>& build,
                   const std::function<at::Tensor(Trial&, Module&)>& forward);

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_TORCH_WORK_H_
