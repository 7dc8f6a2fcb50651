#ifndef SHOAL_FRAMEWORK_PYTHON_PARAMETERS_H_
#define SHOAL_FRAMEWORK_PYTHON_PARAMETERS_H_

#include <pybind11/pybind11.h>

#include <memory>

#include "framework/graph/parameters.h"
#include "shoal/abi.h"

namespace shoal::python {

/// A dict of parameters as checked values of `component`. Throws InputError with all that is wrong with them, a line
/// each, what would be right below it.
std::shared_ptr<const host::Parameters> read_parameters(const shoal_component& component, const pybind11::dict& given);

/// What `component` declares: a list of dicts with name, help, type, range, default, required and
/// speed_only.
pybind11::list describe_parameters(const shoal_component& component);

}  // namespace shoal::python

#endif  // SHOAL_FRAMEWORK_PYTHON_PARAMETERS_H_
