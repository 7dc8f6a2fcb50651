#include "sdk/include/shoal/nearest_name.h"

#include "framework/config/diagnostics.h"

namespace shoal::config {

// The SDK's, so that a component's messages guess as ours do.
std::optional<std::string> nearest_name(std::string_view wanted, std::span<const std::string> candidates) {
  return shoal::nearest_name(wanted, candidates);
}

std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates) {
  return shoal::did_you_mean(wanted, candidates);
}

}  // namespace shoal::config
