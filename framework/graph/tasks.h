#ifndef SHOAL_FRAMEWORK_GRAPH_TASKS_H_
#define SHOAL_FRAMEWORK_GRAPH_TASKS_H_

#include "framework/graph/plan.h"

namespace shoal::host {

/// Fills plan.tasks and the tasks of each row: a node that an earlier row has under the same key, name and inputs is
/// computed there. A row asks for the keys of those nodes alone that differ from the first row of its kind, by
/// themselves or by what they take.
void add_tasks(Plan& plan);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_GRAPH_TASKS_H_
