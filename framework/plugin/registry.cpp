#include "framework/plugin/registry.h"

#include <algorithm>
#include <set>
#include <variant>

#include "framework/plugin/crash.h"
#include "framework/plugin/digest.h"
#include "framework/plugin/open_library.h"
#include "framework/plugin/process_state.h"
#include "framework/plugin/trust.h"
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

void Registry::load_folder(const std::filesystem::path& folder, const Wanted& wanted) {
  folders_.push_back(folder);
  std::error_code error;
  std::set<std::filesystem::path> files;  // by name: the order of a folder is chance
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".so") files.insert(entry.path());
  std::vector<Candidate> candidates;
  for (const auto& file : files)
    if (auto candidate = consider(file, false, wanted)) candidates.push_back(std::move(*candidate));
  open(std::move(candidates));
}

void Registry::load_file(const std::filesystem::path& file) {
  if (auto candidate = consider(file, true, nullptr)) open({std::move(*candidate)});
}

std::optional<Registry::Candidate> Registry::consider(const std::filesystem::path& named, bool must_be_a_plugin,
                                                      const Wanted& wanted) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::canonical(named, error);
  if (error) {
    refusals_.push_back({named, text("cannot be read: {}", error.message())});
    return std::nullopt;
  }
  for (const Library& known : libraries_)
    if (known.file == file) return std::nullopt;
  const auto refuse = [&](std::string reason, bool damaged = true) {
    refusals_.push_back({file, std::move(reason), damaged});
    return std::nullopt;
  };
  const auto read = read_descriptor(file);
  if (const auto* none = std::get_if<NotAPlugin>(&read))
    return refuse(text("not a plugin ({})", none->reason), must_be_a_plugin);
  if (const auto* damaged = std::get_if<Damaged>(&read)) return refuse(damaged->reason);
  const Descriptor& descriptor = std::get<Descriptor>(read);
  if (wanted && !wanted(file, descriptor)) return std::nullopt;
  if (auto reason = why_incompatible(descriptor, describe_program())) return refuse(std::move(*reason));
  if (auto reason = why_not_trusted(file)) return refuse(std::move(*reason));
  ExportFindings exports = check_exports(file);
  if (exports.refused) return refuse(std::move(*exports.refused));
  return Candidate{file, descriptor, std::move(exports.warnings)};
}

std::optional<std::string> Registry::why_not_trusted(const std::filesystem::path& file) const {
  if (!rules_.allow_writable)
    if (auto writable = why_writable_by_anyone(file)) return writable;
  return rules_.lock ? rules_.lock->why_refused(file, digest_of_file(file)) : std::nullopt;
}

void Registry::open(std::vector<Candidate> candidates) {
  std::vector<std::filesystem::path> files;
  for (const Candidate& candidate : candidates) files.push_back(candidate.file);
  const std::vector<ScanVerdict> verdicts =
      scan_ != nullptr ? scan_->judge(files) : std::vector<ScanVerdict>(files.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    auto& [file, descriptor, warnings] = candidates[i];
    if (verdicts[i].reason) {
      refusals_.push_back({file, *verdicts[i].reason});
      continue;
    }
    warnings.insert(warnings.end(), verdicts[i].warnings.begin(), verdicts[i].warnings.end());
    const CrashNote note(text("{} was loaded", file.string()));
    const ProcessState before;
    try {
      auto components = open_library(file, services_);
      libraries_.push_back({file, std::move(descriptor), std::move(components), std::move(warnings)});
    } catch (const std::exception& failure) {
      refusals_.push_back({file, failure.what()});
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
