#include "framework/python/plugins.h"

#include <algorithm>
#include <set>
#include <variant>

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

enum class Verdict { kNotForHere, kDamaged, kGood };

Verdict judge(const fs::path& file, bool with_torch) {
  const auto read = host::read_descriptor(file);
  if (std::holds_alternative<host::Damaged>(read)) return Verdict::kDamaged;
  const auto* descriptor = std::get_if<host::Descriptor>(&read);
  const bool fits = descriptor != nullptr && (with_torch || !descriptor->torch_tier()) && !embeds_python(file);
  return fits ? Verdict::kGood : Verdict::kNotForHere;
}

/// The plugins of `folder`, by name (its own order is chance), canonical.
std::set<fs::path> libraries_of(const fs::path& folder) {
  std::set<fs::path> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".so") out.insert(fs::canonical(entry.path(), error));
  out.erase(fs::path());  // what cannot be read
  return out;
}

fs::path scan_cache() {
  const fs::path folder = host::cache_folder();
  return folder.empty() ? folder : folder / "plugins-v1.json";
}

}  // namespace

Plugins::Plugins(fs::path program_folder)
    : program_folder_(std::move(program_folder)),
      services_(1),
      scan_(program_folder_ / "shoal-scan", scan_cache()),
      registry_(services_, &scan_) {}

void Plugins::open(const std::vector<std::string>& folders, bool with_torch) {
  const std::lock_guard lock(mutex_);
  std::vector<fs::path> wanted, good;
  for (const fs::path& folder : host::plugin_folders(folders, program_folder_))
    for (const fs::path& file : libraries_of(folder)) {
      const Verdict verdict = judge(file, with_torch);
      if (verdict == Verdict::kNotForHere || !seen_.insert(file).second) continue;
      wanted.push_back(file);  // of what is damaged the registry says how
      if (verdict == Verdict::kGood) good.push_back(file);
    }
  scan_.judge(good);  // all in one process; the registry, which asks for each, finds the answer
  for (const fs::path& file : wanted) registry_.load_file(file);
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
  for (const host::Refusal& refusal : registry_.refusals())
    if (refusal.damaged) out.emplace_back(refusal.file.string(), refusal.reason);
  return out;
}

}  // namespace shoal::python
