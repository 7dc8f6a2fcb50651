#include "framework/plugin/registry.h"

#include <algorithm>

#include "framework/plugin/crash.h"
#include "framework/plugin/digest.h"
#include "framework/plugin/open_library.h"
#include "framework/plugin/process_state.h"
#include "shoal/error.h"

namespace shoal::host {

const std::string& Library::digest() const {
  if (known_digest.empty()) known_digest = digest_of_file(file);
  return known_digest;
}

std::string_view trait_of_interface(std::string_view id) {
  constexpr std::string_view kTorch = "torch.";
  if (id.starts_with(kTorch)) id.remove_prefix(kTorch.size());
  return id.substr(0, id.find('/'));
}

bool ComponentEntry::has_trait(std::string_view trait) const {
  for (const char* const* t = component->traits; t != nullptr && *t != nullptr; ++t)
    if (trait == *t) return true;
  return false;
}

std::vector<DType> ComponentEntry::dtypes() const {
  std::vector<DType> named;
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kUInt8})
    if (has_trait(name(dtype))) named.push_back(dtype);
  return named.empty() ? std::vector{DType::kFloat32, DType::kFloat64} : named;
}

void Registry::load_folder(const std::filesystem::path& folder, const PluginSearch::Wanted& wanted) {
  open(search_.look_into(folder, wanted));
}

void Registry::load_file(const std::filesystem::path& file) { open(search_.look_at(file)); }

void Registry::open(std::vector<FoundPlugin> found) {
  for (auto& [file, descriptor, warnings, scanned] : found) {
    const CrashNote note(text("{} was loaded", file.string()));
    const ProcessState before;
    try {
      auto components = open_library(file, services_);
      libraries_.push_back({file, std::move(descriptor), std::move(components), std::move(warnings)});
    } catch (const std::exception& failure) {
      search_.refuse(file, failure.what());
    }
    before.restore();
  }
}

std::vector<ComponentEntry> Registry::find(std::string_view id) const {
  std::vector<ComponentEntry> found;
  for (const Library& library : libraries_)
    for (const shoal_component* component : library.components)
      if (id == component->id) found.push_back({component, &library});
  return found;
}

std::vector<ComponentEntry> Registry::all() const {
  std::vector<ComponentEntry> out;
  for (const Library& library : libraries_)
    for (const shoal_component* component : library.components) out.push_back({component, &library});
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id() < b.id(); });
  return out;
}

std::vector<std::string> Registry::ids() const {
  std::vector<std::string> out;
  for (const ComponentEntry& entry : all())
    if (out.empty() || out.back() != entry.id()) out.emplace_back(entry.id());
  return out;
}

Instance::Instance(const ComponentEntry& entry, Context& context, const shoal_value* values)
    : entry_(entry), object_{sizeof(shoal_object), entry.component, nullptr} {
  detail::check_status(context.c_context(), entry.component->create(context.c_context(), values, &object_.self));
}

Instance::~Instance() {
  if (object_.self != nullptr) entry_.component->destroy(object_.self);
}

void* Instance::release() {
  void* self = object_.self;
  object_.self = nullptr;
  return self;
}

}  // namespace shoal::host
