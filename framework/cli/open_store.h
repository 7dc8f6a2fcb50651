#ifndef SHOAL_FRAMEWORK_CLI_OPEN_STORE_H_
#define SHOAL_FRAMEWORK_CLI_OPEN_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "framework/store/store.h"

namespace shoal::cli {

/// The store, whose warnings go to stderr and to `log`. Null, after a warning, where there can be none: a run goes on
/// without. Throws host::StoreFormatError.
std::unique_ptr<host::Store> open_store(std::function<void(const std::string&)> log = {});

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_OPEN_STORE_H_
