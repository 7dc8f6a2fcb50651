#ifndef SHOAL_FRAMEWORK_CONFORMANCE_LIBRARY_CASES_H_
#define SHOAL_FRAMEWORK_CONFORMANCE_LIBRARY_CASES_H_

#include <filesystem>

#include "framework/conformance/case.h"
#include "framework/plugin/registry.h"

namespace shoal::host::conformance {

/// What the library of components must hold to as a file. `library` outlives them; `scan_program` is shoal-scan.
Cases library_cases(const Library& library, const std::filesystem::path& scan_program);

}  // namespace shoal::host::conformance

#endif  // SHOAL_FRAMEWORK_CONFORMANCE_LIBRARY_CASES_H_
