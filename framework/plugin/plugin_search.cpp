#include "framework/plugin/plugin_search.h"

#include <variant>

#include "framework/plugin/digest.h"
#include "framework/plugin/trust.h"
#include "shoal/error.h"

namespace shoal::host {

std::vector<FoundPlugin> PluginSearch::look_into(const std::filesystem::path& folder, const Wanted& wanted) {
  folders_.push_back(folder);
  std::error_code error;
  std::set<std::filesystem::path> files;  // by name: the order of a folder is chance
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".so") files.insert(entry.path());
  std::vector<FoundPlugin> candidates;
  for (const auto& file : files)
    if (auto candidate = consider(file, false, wanted)) candidates.push_back(std::move(*candidate));
  return judge(std::move(candidates));
}

std::vector<FoundPlugin> PluginSearch::look_at(const std::filesystem::path& file) {
  auto candidate = consider(file, true, nullptr);
  return candidate ? judge({std::move(*candidate)}) : std::vector<FoundPlugin>();
}

void PluginSearch::refuse(const std::filesystem::path& found, std::string reason) {
  known_.erase(found);
  refusals_.push_back({found, std::move(reason)});
}

std::optional<FoundPlugin> PluginSearch::consider(const std::filesystem::path& named, bool must_be_a_plugin,
                                                  const Wanted& wanted) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::canonical(named, error);
  if (error) {
    refusals_.push_back({named, text("cannot be read: {}", error.message())});
    return std::nullopt;
  }
  if (known_.contains(file)) return std::nullopt;
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
  known_.insert(file);
  return FoundPlugin{file, descriptor, std::move(exports.warnings)};
}

std::optional<std::string> PluginSearch::why_not_trusted(const std::filesystem::path& file) const {
  if (!rules_.allow_writable)
    if (auto writable = why_writable_by_anyone(file)) return writable;
  return rules_.lock ? rules_.lock->why_refused(file, digest_of_file(file)) : std::nullopt;
}

std::vector<FoundPlugin> PluginSearch::judge(std::vector<FoundPlugin> candidates) {
  if (scan_ == nullptr) return candidates;
  std::vector<std::filesystem::path> files;
  for (const FoundPlugin& candidate : candidates) files.push_back(candidate.file);
  std::vector<ScanVerdict> verdicts = scan_->judge(files);
  std::vector<FoundPlugin> out;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    ScanVerdict& verdict = verdicts[i];
    if (verdict.reason) {
      refuse(candidates[i].file, std::move(*verdict.reason));
      continue;
    }
    FoundPlugin& found = out.emplace_back(std::move(candidates[i]));
    found.warnings.insert(found.warnings.end(), verdict.warnings.begin(), verdict.warnings.end());
    found.components = std::move(verdict.components);
  }
  return out;
}

}  // namespace shoal::host
