#ifndef SHOAL_FRAMEWORK_RUN_KEPT_VALUE_H_
#define SHOAL_FRAMEWORK_RUN_KEPT_VALUE_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/run/work.h"
#include "framework/store/store.h"

namespace shoal::host {

// Values as JSON in which arrays stand by their digests: {"is": "array", "digest": "6bbc…", "shape": [60000]},
// {"is": "trained", "tensors": […]} … It says what a value is, so its digest names the value by its contents; and with
// the arrays kept, the value can be made again from it.

/// Takes an array, keeps it if it likes, and returns its content_digest.
using TakeArray = std::function<std::string(const ConstArray&)>;

/// `made_by` names the result that the value is an output of, for components that cannot save what they learnt.
/// Throws what a dataset throws while it is read, and what `take` throws.
nlohmann::ordered_json describe_value(const RunValue& value, const std::string& made_by, const Job& job,
                                      const TakeArray& take);

/// Names a value by its contents, given its description.
std::string content_of(const nlohmann::ordered_json& described);

/// Whether restore_value can make the value again: all but components that cannot save what they learnt.
bool can_be_restored(const nlohmann::ordered_json& described);

/// The value again. Throws DamagedEntry where one of its arrays is not what was kept; what a component throws that does
/// not take its state.
RunValue restore_value(const nlohmann::ordered_json& described, const Job& job, Store& store);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_KEPT_VALUE_H_
