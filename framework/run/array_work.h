#ifndef SHOAL_FRAMEWORK_RUN_ARRAY_WORK_H_
#define SHOAL_FRAMEWORK_RUN_ARRAY_WORK_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "framework/run/value.h"

namespace shoal::host {

/// What is wired to a component that works on arrays alone, by port; ports with nothing are left out.
using PortArrays = std::vector<std::pair<std::string, ConstArray>>;

/// What it made of them, by output. A clusterer's are those members of its Clustering that become outputs.
struct ArrayResult {
  std::map<std::string, Array> arrays = {};
  std::map<std::string, double> numbers = {};
  double seconds = 0;  ///< of the component's own work
};

/// All the work of a transform (fit, then apply), a clusterer (fit) or a metric (compute) that was made from `entry`.
/// Of the graph it knows nothing, so that it may as well be done in another process (isolated_work.h).
/// Throws what the component throws, and Error where it breaks its contract.
ArrayResult work_on_arrays(Context& context, Live& live, const ComponentEntry& entry, const PortArrays& inputs);

/// The same contract of a result that comes from elsewhere: names, types and sizes of what there is.
/// Throws Error: what is wrong.
void check_array_result(const ArrayResult& result, const ComponentEntry& entry, const PortArrays& inputs);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_ARRAY_WORK_H_
