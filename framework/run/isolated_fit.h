#ifndef SHOAL_FRAMEWORK_RUN_ISOLATED_FIT_H_
#define SHOAL_FRAMEWORK_RUN_ISOLATED_FIT_H_

#include <memory>

#include "framework/run/work.h"
#include "shoal/clusterer.h"

namespace shoal::host {

/// What came back from a fit.
struct TimedFit {
  Clustering found = {};
  double seconds = 0;               ///< of fit alone, measured where it ran
  std::shared_ptr<Live> live = {};  ///< the fitted clusterer; null where it was in a process of its own
};

/// Fits the job's clusterer in a process of its own, so that one that crashes, hangs or spoils its memory harms nobody:
/// the same program, started again with that one library. Features, weights and init are copied once into memory that
/// both share; what the clusterer says comes through a pipe to the job's listener, what it prints goes to its log.
/// That process's peak of memory goes to the job's notes.
/// Throws Error      it was ended by a signal, which is named, with its last words
///        TimedOut   it ran longer than the job's timeout; then it is killed
///        Cancelled  the user stopped the run
///        and whatever the clusterer throws
TimedFit fit_isolated(const Job& job, const FitInput& input);

/// The other end: does what the request in the open file `request` says. For `shoal fit-worker`; returns its exit code.
int serve_isolated_fit(int request);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_ISOLATED_FIT_H_
