#include "network.h"

#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <array>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "shoal/array.h"
#include "shoal/error.h"

namespace {

/// The line of an error that says what happened: of a script's traceback the last one, else the first.
std::string gist_of(const std::string& what) {
  std::istringstream lines(what);
  std::string first, last;
  for (std::string line; std::getline(lines, line) && !line.starts_with("Exception raised from");) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (first.empty()) first = line;
    last = line;
  }
  const bool traceback = what.find("Traceback of TorchScript") != std::string::npos;
  return traceback ? last : first;
}

bool draws_random_numbers(const torch::jit::Block& block) {
  constexpr std::array<std::string_view, 9> kWords = {"dropout",     "rand",    "bernoulli", "normal",  "multinomial",
                                                      "exponential", "poisson", "uniform",   "binomial"};
  for (const torch::jit::Node* node : block.nodes()) {
    const std::string_view kind = node->kind().toUnqualString();
    for (const std::string_view word : kWords)
      if (kind.find(word) != std::string_view::npos) return true;
    for (const torch::jit::Block* inner : node->blocks())
      if (draws_random_numbers(*inner)) return true;
  }
  return false;
}

torch::jit::Module load(const std::string& file, const std::string& name) {
  shoal::require(std::filesystem::is_regular_file(file), "there is no file '{}'", file);
  try {
    return torch::jit::load(file, at::Device(at::kCPU));
  } catch (const std::exception& error) {
    throw shoal::InputError(
        shoal::text("{} is no TorchScript file that can be loaded ({}); torch.jit.script(model).save('{}') writes one",
                    name, gist_of(error.what()), std::filesystem::path(file).filename().string()));
  }
}

}  // namespace

LoadedNetwork::LoadedNetwork(const std::string& file)
    : name_("'" + std::filesystem::path(file).filename().string() + "'"), module_(load(file, name_)) {
  shoal::require(module_.find_method("forward").has_value(), "{} has no method forward", name_);
}

shoal::NamedTensors LoadedNetwork::parameters() const {
  shoal::NamedTensors out;
  for (const auto& entry : module_.named_parameters()) out.emplace_back(entry.name, entry.value);
  return out;
}

shoal::NamedTensors LoadedNetwork::buffers() const {
  shoal::NamedTensors out;
  for (const auto& entry : module_.named_buffers()) out.emplace_back(entry.name, entry.value);
  return out;
}

bool LoadedNetwork::draws() const {
  const auto graph = module_.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);
  return draws_random_numbers(*graph->block());
}

void LoadedNetwork::train(bool on) {
  for (torch::jit::Module part : module_.modules())
    if (part.hasattr("training")) part.setattr("training", on);  // a frozen one has none
}

void LoadedNetwork::to(at::Device device) { module_.to(device); }

at::Tensor LoadedNetwork::forward(const at::Tensor& batch) {
  const torch::jit::GraphOptimizerEnabledGuard as_written(false);
  torch::jit::IValue out;
  try {
    out = module_.forward({batch});
  } catch (const std::exception& error) {
    throw shoal::InputError(shoal::text("{} does not take a batch {}: {}", name_,
                                        shoal::to_string(shoal::Shape(batch.sizes().vec())), gist_of(error.what())));
  }
  shoal::require(out.isTensor(), "{} returns {}, but an encoder returns one tensor (B, E): save a module that does so",
                 name_, out.type()->repr_str());
  return out.toTensor();
}
