#include "shoal/torch/checkpoint.h"

#include <c10/core/GradMode.h>

namespace shoal {
namespace {

/// (1) for a tensor without axes, which arrays do not have.
at::Tensor with_axes(const at::Tensor& tensor) { return tensor.dim() == 0 ? tensor.reshape({1}) : tensor; }

}  // namespace

void save_tensor(StateWriter& state, const std::string& name, const at::Tensor& tensor) {
  const at::Tensor here = with_axes(tensor.detach()).to(at::kCPU).contiguous();
  state.put(name, view(here));
}

at::Tensor load_tensor(const StateReader& state, const std::string& name) {
  return borrowed_tensor(state.get(name)).clone();
}

void load_tensor(const StateReader& state, const std::string& name, const at::Tensor& to) {
  const at::Tensor saved = borrowed_tensor(state.get(name));
  const c10::NoGradGuard no_grad;
  const at::Tensor target = with_axes(to.detach());
  require(saved.sizes() == target.sizes(), "'{}' of the saved state has shape {}, not {}", name,
          to_string(Shape(saved.sizes().vec())), to_string(Shape(target.sizes().vec())));
  require(saved.scalar_type() == target.scalar_type(), "'{}' of the saved state is {}, not {}", name,
          at::toString(saved.scalar_type()), at::toString(target.scalar_type()));
  target.copy_(saved);
}

void save_tensors(StateWriter& state, const std::string& prefix, const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) save_tensor(state, prefix + "." + name, tensor);
}

void load_tensors(const StateReader& state, const std::string& prefix, const NamedTensors& to) {
  for (const auto& [name, tensor] : to) load_tensor(state, prefix + "." + name, tensor);
}

}  // namespace shoal
