#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_KEPT_DATA_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_KEPT_DATA_H_

#include <memory>

#include "framework/graph/plan.h"
#include "framework/plugin/registry.h"
#include "framework/report/page/data_source.h"
#include "framework/report/run_file.h"
#include "framework/store/store.h"

namespace shoal::host {

/// Data of a run by its resolved.yaml: datasets are opened again where their files are here (nothing is downloaded),
/// features are looked for in the store by the keys that the run would have now. Nothing is computed.
/// `store` may be null, and so may `plan`, which is the run's where it has just been made: without it the experiment is
/// planned when something is first asked for. All arguments must outlive it.
std::unique_ptr<DataSource> open_kept_data(const RunFile& run, Registry& registry, Services& services, Store* store,
                                           const Plan* plan = nullptr);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_KEPT_DATA_H_
