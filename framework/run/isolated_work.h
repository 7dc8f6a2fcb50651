#ifndef SHOAL_FRAMEWORK_RUN_ISOLATED_WORK_H_
#define SHOAL_FRAMEWORK_RUN_ISOLATED_WORK_H_

#include "framework/run/array_work.h"
#include "framework/run/work.h"

namespace shoal::host {

/// Does the work of the job's transform, clusterer or metric in a process of its own, so that one that crashes, hangs
/// or spoils its memory harms nobody: the same program, started again with that one library. Inputs are copied once
/// into memory that both share; what the component says comes through a pipe to the job's listener, what it prints goes
/// to its log. That process's peak of memory goes to the job's notes. `seconds` is measured where the work was done.
/// Throws Error      it was ended by a signal, which is named, with its last words
///        TimedOut   it ran longer than the job's timeout; then it is killed
///        Cancelled  the user stopped the run
///        and whatever the component throws
ArrayResult work_isolated(const Job& job, const PortArrays& inputs);

/// The other end: does what the request in the open file `request` says. For `shoal isolated-worker`; returns its exit
/// code.
int serve_isolated_work(int request);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_ISOLATED_WORK_H_
