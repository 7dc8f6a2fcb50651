#ifndef SHOAL_FRAMEWORK_RUN_EARLIER_TIMES_H_
#define SHOAL_FRAMEWORK_RUN_EARLIER_TIMES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/store/store.h"

namespace shoal::host {

/// A node that is to be computed.
struct WorkAhead {
  KeyParts parts = {};        ///< of its key; without its inputs where these are not known yet
  bool inputs_known = false;  ///< all of its inputs are in `parts`
  std::string node = {}, experiment = {};
  int threads = 0;
};

/// How long nodes took before, by what a store has kept.
class EarlierTimes {
 public:
  explicit EarlierTimes(std::vector<Store::Listed> kept);

  /// Seconds of the result most like it: of the same component on the same kind of device, on the very same data or,
  /// where that is not known yet, of the same node of the same experiment. Of several the one with most parameters
  /// alike, then with as many threads, then used last. Nothing where there is none.
  std::optional<double> seconds_of(const WorkAhead& work) const;

 private:
  std::map<std::string, std::vector<Manifest>> by_component_;  // each the latest used last
};

/// "under a second", "about 40 s", "about 4 min", "about 2.5 h"
std::string roughly(double seconds);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_EARLIER_TIMES_H_
