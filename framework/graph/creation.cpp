#include "framework/graph/creation.h"

#include <exception>
#include <string>

#include "framework/plugin/services.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

/// Of the parameter that the message names first, as '…', among those that are written.
Place place_of(const std::string& message, const NodeSpec& spec) {
  Place place = spec.use_place;
  std::size_t first = std::string::npos;
  if (!spec.with) return place;
  for (const config::Entry& parameter : spec.with->entries) {
    const std::size_t at = message.find("'" + parameter.key + "'");
    if (at >= first) continue;
    first = at;
    place = parameter.value.place;
  }
  return place;
}

}  // namespace

void check_creation(const GraphNode& node, const NodeSpec& spec, config::Diagnostics& diagnostics) {
  Services services(1);
  NodeContext context(services, 0, nullptr);
  try {
    const Instance tried(node.component, context.context(), node.parameters->values());
  } catch (const std::exception& error) {
    const std::string said = error.what();
    diagnostics.error("K214", place_of(said, spec), text("{} refuses its parameters: {}", node.component.id(), said));
  }
}

}  // namespace shoal::host
