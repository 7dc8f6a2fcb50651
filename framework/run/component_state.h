#ifndef SHOAL_FRAMEWORK_RUN_COMPONENT_STATE_H_
#define SHOAL_FRAMEWORK_RUN_COMPONENT_STATE_H_

#include <map>
#include <string>

#include "framework/run/value.h"
#include "shoal/array.h"

namespace shoal::host {

/// What a component has learnt, as named arrays.
using ComponentState = std::map<std::string, Array>;

/// Whether a component can be saved and loaded (its trait `state`).
bool has_state(Live& live);

/// Throws what the component throws; Unsupported where it has no state.
ComponentState save_state(Live& live);
void load_state(Live& live, const ComponentState& state);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_COMPONENT_STATE_H_
