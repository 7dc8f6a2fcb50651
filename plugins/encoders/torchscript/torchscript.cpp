#include "torchscript.h"

#include <ATen/Context.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "network.h"

using shoal::Index;

class TorchScript::Network : public LoadedNetwork {
 public:
  using LoadedNetwork::LoadedNetwork;
  at::Device device = at::kCPU;  ///< of its tensors, also of those that are not registered
};

namespace {

/// Whether the host keeps tensors of this dtype.
bool is_kept(const at::Tensor& tensor) {
  const at::ScalarType type = tensor.scalar_type();
  return type == at::kFloat || type == at::kDouble || type == at::kLong || type == at::kByte;
}

void require_float(const LoadedNetwork& network, const shoal::NamedTensors& parameters) {
  for (const auto& [name, tensor] : parameters)
    shoal::require(tensor.scalar_type() == at::kFloat,
                   "parameter '{}' of {} is {}, but an encoder's are float32: save model.float()", name, network.name(),
                   at::toString(tensor.scalar_type()));
}

/// A file holds tied parameters as two that share memory; each would have an optimiser's state of its own.
void require_untied(const LoadedNetwork& network, const shoal::NamedTensors& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      shoal::require(
          parameters[i].second.numel() == 0 || parameters[i].second.data_ptr() != parameters[j].second.data_ptr(),
          "parameters '{}' and '{}' of {} are one tensor, which cannot be trained here; say trainable: false",
          parameters[j].first, parameters[i].first, network.name());
}

/// E, of what the network makes of `examples` examples of zeros.
Index width_of(LoadedNetwork& network, const shoal::Shape& example, Index examples) {
  shoal::Shape shape = example;
  shape.insert(shape.begin(), examples);
  const at::Tensor out = network.forward(at::zeros(shape));
  shoal::require(out.dim() == 2 && out.size(0) == examples && out.size(1) >= 1 && out.scalar_type() == at::kFloat,
                 "{} makes {} {} of a batch {}, but an encoder returns ({}, E) Float", network.name(),
                 shoal::to_string(shoal::Shape(out.sizes().vec())), at::toString(out.scalar_type()),
                 shoal::to_string(shape), examples);
  return out.size(1);
}

}  // namespace

void TorchScriptParams::describe(shoal::Schema<TorchScriptParams>& schema) {
  schema
      .field("file", &TorchScriptParams::file,
             "TorchScript file, written by torch.jit.script(model).save(…) or torch.jit.trace")
      .path()
      .required();
  schema.field("trainable", &TorchScriptParams::trainable,
               "whether trainers change its parameters; off, it is in evaluation mode always");
}

TorchScript::TorchScript(const TorchScriptParams& params) : params_(params) {}
TorchScript::~TorchScript() = default;

void TorchScript::build(shoal::Context& context, const shoal::Shape& example) {
  network_ = std::make_unique<Network>(params_.file);
  draws_ = context.random("draws");
  example_ = example;
  register_tensors(context);
  const c10::NoGradGuard no_grad;
  network_->train(false);
  start_chance(at::kCPU, false);
  embedding_size_ = width_of(*network_, example, 2);
  const Index of_three = width_of(*network_, example, 3);
  shoal::require(of_three == embedding_size_, "{} returns {} columns for 2 examples, but {} for 3", network_->name(),
                 embedding_size_, of_three);
}

void TorchScript::register_tensors(const shoal::Context& context) {
  const shoal::NamedTensors all = network_->parameters();
  require_float(*network_, all);
  if (params_.trainable) require_untied(*network_, all);
  for (const auto& [name, tensor] : all) {
    if (params_.trainable && tensor.requires_grad()) add_parameter(name, tensor);
    else add_buffer(name, tensor.set_requires_grad(false));
  }
  if (params_.trainable && parameters().size() < all.size())
    context.log(shoal::Level::kWarning,
                "{} of the {} parameters of {} stay as they are: the file has requires_grad off",
                all.size() - parameters().size(), all.size(), network_->name());
  if (params_.trainable && all.empty())
    context.log(shoal::Level::kWarning, "{} has no parameters: nothing of it is trained", network_->name());
  for (const auto& [name, tensor] : network_->buffers()) {
    if (is_kept(tensor)) add_buffer(name, tensor);
    else
      context.log(shoal::Level::kDebug, "buffer '{}' of {} is {}: a constant of the file", name, network_->name(),
                  at::toString(tensor.scalar_type()));
  }
  if (network_->draws()) drawn_ = add_buffer("draws", at::scalar_tensor(0, at::kLong));
}

at::Tensor TorchScript::forward(const at::Tensor& examples) {
  shoal::require(examples.dim() >= 1 && examples.sizes().slice(1) == at::IntArrayRef(example_),
                 "expected examples of shape {}, got a batch {}", shoal::to_string(example_),
                 shoal::to_string(shoal::Shape(examples.sizes().vec())));
  if (network_->device != examples.device()) {
    network_->to(examples.device());
    network_->device = examples.device();
  }
  const bool in_training = training() && params_.trainable;
  network_->train(in_training);
  start_chance(examples.device(), in_training);
  return network_->forward(examples);
}

void TorchScript::start_chance(at::Device device, bool in_training) {
  if (!drawn_.defined()) return;
  const c10::NoGradGuard no_grad;
  if (in_training) drawn_.add_(1);
  shoal::Random stream = draws_.fork(in_training ? static_cast<std::uint64_t>(drawn_.item<std::int64_t>()) : 0);
  at::Generator generator = at::globalContext().defaultGenerator(device);
  const std::lock_guard lock(generator.mutex());
  generator.set_current_seed(stream());
}
