#include "framework/use/traced_module.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "framework/files/atomic_file.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

namespace jit = torch::jit;
using Forward = std::function<at::Tensor(const at::Tensor&)>;

/// "conv1.weight" is no name of an attribute.
std::string attribute_of(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

jit::Module record(const NamedTensors& state, const Forward& forward, const at::Tensor& example) {
  jit::Module out("__torch__.Shoal");
  for (const auto& [name, tensor] : state) {
    if (tensor.requires_grad()) out.register_parameter(attribute_of(name), tensor, /*is_buffer=*/false);
    else out.register_buffer(attribute_of(name), tensor);
  }
  const auto recorded = jit::tracer::trace(
      {example}, [&](jit::Stack inputs) { return jit::Stack{forward(inputs.at(0).toTensor())}; },
      [](const at::Tensor&) { return std::string(); }, /*strict=*/true, /*force_outplace=*/false, &out, {"examples"});
  auto* function = out._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*out.type()->name(), "forward"), recorded.first->graph);
  out.type()->addMethod(function);
  out.eval();
  return out;
}

/// A recording that holds only for what it was made with is refused.
void require_faithful(jit::Module& recorded, const Forward& forward, const at::Tensor& another) {
  const at::Tensor wanted = forward(another), got = recorded.forward({another}).toTensor();
  require(got.sizes() == wanted.sizes(), "of {} examples its recording gives {}, itself {}", another.size(0),
          to_string(Shape(got.sizes().vec())), to_string(Shape(wanted.sizes().vec())));
  const double most = std::max(1.0, wanted.abs().max().item<double>());
  const double apart = got.sub(wanted).abs().max().item<double>();
  require(apart <= 1e-5 * most, "its recording gives other numbers than itself, by up to {}", apart);
}

}  // namespace

void write_torchscript(const std::filesystem::path& file, const NamedTensors& state, const Forward& forward,
                       const at::Tensor& example, const at::Tensor& another) {
  const c10::NoGradGuard no_grad;
  std::ostringstream bytes;
  try {
    jit::Module recorded = record(state, forward, example);
    require_faithful(recorded, forward, another);
    recorded.save(bytes);
  } catch (const c10::Error& error) {
    throw InputError(text("LibTorch cannot record it: {}", error.what_without_backtrace()));
  }
  write_atomically(file, bytes.str());
}

}  // namespace shoal::host
