// shoal plugins show: what a component takes and gives.
#include <cstdio>

#include "framework/cli/print_table.h"
#include "framework/cli/session.h"
#include "framework/config/diagnostics.h"
#include "framework/graph/parameters.h"
#include "framework/graph/ports.h"
#include "shoal/error.h"

namespace shoal::cli {
namespace {

using host::ComponentEntry;

std::string flags_of(const shoal_param& param) {
  std::string out;
  if ((param.flags & SHOAL_SPEED_ONLY) != 0) out += " (changes only speed)";
  if (param.unit != nullptr && *param.unit != '\0') out += text(" [{}]", param.unit);
  for (const char* const* old = param.renamed_from; old != nullptr && *old != nullptr; ++old)
    out += text(" (was {})", *old);
  return out;
}

void print_parameters(const ComponentEntry& entry, bool markdown) {
  std::vector<std::vector<std::string>> rows = {{"parameter", "type", "range and default", "what it is"}};
  for (const shoal_param* const* p = entry.component->params; p != nullptr && *p != nullptr; ++p)
    rows.push_back({(*p)->name, host::describe_type(**p), host::describe_range(**p), (*p)->help + flags_of(**p)});
  if (rows.size() == 1) std::printf("no parameters\n");
  else print_table(rows, markdown);
}

/// "an encoder with decoder (optional)"
std::string describe_input(const host::InputPort& port) {
  std::string out = host::describe_port_type(port.type);
  if (!port.needs.empty()) out += " with " + std::string(host::trait_of_interface(port.needs));
  if (port.list) out += " (list)";
  else if (!port.required) out += " (optional)";
  return out;
}

void print_ports(const ComponentEntry& entry) {
  const bool works = host::work_of(entry.kind()) != host::Work::never;
  const host::Signature signature = host::signature_of(entry, works, false);
  std::vector<std::vector<std::string>> rows;
  for (const host::InputPort& port : signature.inputs)
    rows.push_back({"in", port.name, describe_input(port), port.help});
  for (const host::OutputPort& port : signature.outputs)
    rows.push_back({"out", port.name, host::describe_port_type(port.type), port.help});
  print_table(rows, false);
}

std::string traits_of(const ComponentEntry& entry) {
  std::string out;
  for (const char* const* t = entry.component->traits; t != nullptr && *t != nullptr; ++t)
    out += (out.empty() ? "" : ", ") + std::string(*t);
  for (const char* id :
       {"partial-fit/1", "state/1", "inputs/1", "dataset-view/1", "torch.decoder/1", "torch.readouts/1"})
    if (entry.component->find(id) != nullptr)
      out += (out.empty() ? "" : ", ") + std::string(host::trait_of_interface(id));
  return out.empty() ? "none" : out;
}

void show(const ComponentEntry& entry, bool markdown) {
  if (markdown) {
    print_parameters(entry, true);
    return;
  }
  const auto& descriptor = entry.library->descriptor;
  std::printf("%s  %s\n", entry.component->id, entry.component->summary);
  std::printf("  plugin   %s %s, %s tier, built with SDK %s, %s\n", descriptor.name.c_str(), descriptor.version.c_str(),
              descriptor.torch_tier() ? "torch" : "portable", descriptor.sdk.c_str(), descriptor.toolchain.c_str());
  if (descriptor.torch_tier())
    std::printf("  LibTorch %s (build %s)\n", descriptor.torch.c_str(), descriptor.torch_build.c_str());
  std::printf("  file     %s\n  sha256   %s\n  traits   %s\n\n", entry.library->file.c_str(),
              entry.library->digest().c_str(), traits_of(entry).c_str());
  print_parameters(entry, false);
  std::printf("\n");
  print_ports(entry);
}

}  // namespace

int show_plugin(const Options& options) {
  Session session(options);
  std::vector<ComponentEntry> found = session.registry.find(options.component);
  if (found.empty())
    for (const ComponentEntry& entry : session.registry.all())
      if (entry.id().ends_with("/" + options.component) || entry.library->descriptor.name == options.component)
        found.push_back(entry);
  if (found.empty()) {
    const auto ids = session.registry.ids();
    std::fprintf(stderr, "shoal: error[K202]: there is no component '%s'%s\n", options.component.c_str(),
                 config::did_you_mean(options.component, ids).c_str());
    return kWrongInput;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i > 0) std::printf("\n");
    show(found[i], options.markdown);
  }
  return kDone;
}

}  // namespace shoal::cli
