#include "framework/run/earlier_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "shoal/error.h"

namespace shoal::host {
namespace {

std::string part_of(const KeyParts& parts, std::string_view name) {
  const std::string* found = find_part(parts, name);
  return found != nullptr ? *found : "";
}

bool is_input(const std::string& name) { return name.starts_with("in ") || name == "use"; }

KeyParts inputs_of(const KeyParts& parts) {
  KeyParts out;
  std::copy_if(parts.begin(), parts.end(), std::back_inserter(out),
               [](const auto& part) { return is_input(part.first); });
  return out;
}

/// How many parameters are alike.
std::size_t likeness(const KeyParts& a, const KeyParts& b) {
  return static_cast<std::size_t>(std::count_if(a.begin(), a.end(), [&](const auto& part) {
    return part.first.starts_with("with ") && std::find(b.begin(), b.end(), part) != b.end();
  }));
}

}  // namespace

EarlierTimes::EarlierTimes(std::vector<Store::Listed> kept) {
  for (Store::Listed& one : kept)
    by_component_[part_of(one.manifest.parts, "component")].push_back(std::move(one.manifest));
}

std::optional<double> EarlierTimes::seconds_of(const WorkAhead& work) const {
  const auto found = by_component_.find(part_of(work.parts, "component"));
  if (found == by_component_.end()) return std::nullopt;
  const Manifest* best = nullptr;
  std::pair<std::size_t, bool> most;
  for (const Manifest& manifest : found->second) {
    if (part_of(manifest.parts, "device") != part_of(work.parts, "device")) continue;
    const bool same_work = work.inputs_known ? inputs_of(manifest.parts) == inputs_of(work.parts)
                                             : manifest.node == work.node && manifest.experiment == work.experiment;
    if (!same_work) continue;
    const std::pair alike{likeness(work.parts, manifest.parts), manifest.threads == work.threads};
    if (best != nullptr && alike < most) continue;
    best = &manifest;
    most = alike;
  }
  return best == nullptr ? std::nullopt : std::optional(best->seconds);
}

std::string roughly(double seconds) {
  if (seconds < 1) return "under a second";
  if (seconds < 10) return fmt::format("about {:.0f} s", seconds);
  if (seconds < 100) return fmt::format("about {:.0f} s", std::round(seconds / 5) * 5);
  if (seconds < 5400) return fmt::format("about {:.0f} min", seconds / 60);
  return fmt::format("about {:.1f} h", seconds / 3600);
}

}  // namespace shoal::host
