#include "framework/python/plugins.h"

#include <algorithm>

#include "framework/plugin/descriptor.h"
#include "framework/plugin/elf_file.h"
#include "framework/plugin/places.h"
#include "shoal/error.h"

namespace shoal::python {
namespace {

namespace fs = std::filesystem;

bool embeds_python(const fs::path& file) {
  const std::vector<std::string> needed = host::needed_libraries(file);
  return std::any_of(needed.begin(), needed.end(), [](const auto& name) { return name.starts_with("libpython"); });
}

}  // namespace

Plugins::Plugins(fs::path program_folder)
    : program_folder_(std::move(program_folder)),
      services_(1),
      scan_(program_folder_ / "shoal-scan", host::plugin_cache()),
      registry_(services_, &scan_) {}

void Plugins::open(const std::vector<std::string>& folders, bool with_torch) {
  const std::lock_guard lock(mutex_);
  const auto wanted = [&](const fs::path& file, const host::Descriptor& descriptor) {
    return (with_torch || !descriptor.torch_tier()) && !embeds_python(file);
  };
  for (const fs::path& folder : host::plugin_folders(folders, program_folder_)) registry_.load_folder(folder, wanted);
}

host::ComponentEntry Plugins::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const std::vector<host::ComponentEntry> found = registry_.find(id);
  if (found.size() == 1) return found[0];
  if (found.empty()) throw InputError(text("there is no '{}' among the plugins", id));
  std::string files;
  for (const auto& entry : found) files += (files.empty() ? "" : ", ") + entry.library->file.string();
  throw InputError(text("'{}' is in several plugins: {}", id, files));
}

std::vector<host::ComponentEntry> Plugins::clusterers() {
  const std::lock_guard lock(mutex_);
  std::vector<host::ComponentEntry> out = registry_.all();
  std::erase_if(out, [](const auto& entry) { return entry.kind() != "clusterer"; });
  return out;
}

std::vector<std::pair<std::string, std::string>> Plugins::refusals() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::string>> out;
  for (const host::Refusal& refusal : registry_.refusals()) {
    std::pair said(refusal.file.string(), refusal.reason);  // once, however often its folder was looked through
    if (refusal.damaged && std::find(out.begin(), out.end(), said) == out.end()) out.push_back(std::move(said));
  }
  return out;
}

}  // namespace shoal::python
