#ifndef SHOAL_FRAMEWORK_RUN_DATA_CHECKS_H_
#define SHOAL_FRAMEWORK_RUN_DATA_CHECKS_H_

#include <optional>
#include <vector>

#include "framework/config/diagnostics.h"
#include "framework/graph/plan.h"
#include "framework/plugin/services.h"
#include "shoal/dataset.h"

namespace shoal::host {

/// What each task's dataset says of itself; nothing where the task declares none, or it is not known.
using DatasetInfos = std::vector<std::optional<DatasetInfo>>;

/// Opens the datasets of a plan, which reads headers, and lets them go. One that cannot be opened is not known, which
/// is no finding: the data may be on another machine. Nothing is fetched: a dataset with a parameter `download` is
/// asked to do without.
DatasetInfos open_datasets(const Plan& plan, Services& services);

/// What a run would meet, by what is known of its data: more clusters than examples (P402, a warning) and features of a
/// dtype that a transform or clusterer does not take (P405, an error, since the node would refuse them). Counts and
/// dtypes are followed through the nodes that keep them: transforms, encoders, labels of clusterers. Each is said once,
/// with the rows of the matrix that have it.
void check_against_data(const Plan& plan, const DatasetInfos& datasets, config::Diagnostics& diagnostics);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_DATA_CHECKS_H_
