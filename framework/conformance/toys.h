#ifndef SHOAL_FRAMEWORK_CONFORMANCE_TOYS_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_TOYS_H_

#include "shoal/component.h"

namespace shoal::host::conformance {

/// Wires a component that works over others, a subset or a chain of augmentations, to toys: a dataset of 24 labelled
/// images, two augmentations. Others stay as they are. Throws Skipped for a port of a kind that there is no toy of.
void bind_toys(const Object& object, Context& context);

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_TOYS_H_
