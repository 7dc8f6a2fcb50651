#ifndef SHOAL_FRAMEWORK_RUN_SCALAR_COLUMNS_H_
#define SHOAL_FRAMEWORK_RUN_SCALAR_COLUMNS_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/run/kept_value.h"
#include "framework/run/record.h"

namespace shoal::host {

/// Scalars as arrays, since there may be millions: the names in clear, and which, at which step, what.
nlohmann::ordered_json describe_scalars(const std::vector<ScalarPoint>& scalars, const TakeArray& take);

/// The same again, of `node`; `get` gives an array by its digest. Throws what it throws.
std::vector<ScalarPoint> read_scalars(const nlohmann::ordered_json& described, const std::string& node,
                                      const std::function<Array(const std::string&)>& get);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_SCALAR_COLUMNS_H_
