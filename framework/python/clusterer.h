#ifndef SHOAL_FRAMEWORK_PYTHON_CLUSTERER_H_
#define SHOAL_FRAMEWORK_PYTHON_CLUSTERER_H_

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>

#include "framework/graph/parameters.h"
#include "framework/plugin/registry.h"
#include "framework/python/call.h"

namespace shoal::python {

/// One clusterer of a plugin, made from checked parameters, as Python holds it.
///
/// Chance   the stream that a node called `node` has in an experiment of this seed: its results are the same bytes
/// Threads  predict and save side by side; fit, partial_fit and load wait for each other and for them
/// Errors   of the SDK; and what a signal's handler in Python throws
/// The interpreter's lock is not held by any call but construction.
class BoundClusterer {
 public:
  using State = std::map<std::string, Array>;

  BoundClusterer(const host::ComponentEntry& entry, std::shared_ptr<const host::Parameters> parameters,
                 std::string node);

  struct Fitted {
    Clustering clustering;
    Call::Messages messages;
  };
  Fitted fit(const FitInput& input, std::int64_t seed, int threads);
  Call::Messages partial_fit(ConstArray batch, std::int64_t seed, int threads);
  void predict(ConstArray features, MutableArray labels, int threads) const;

  /// What was learnt. Throws Unsupported where the clusterer keeps none.
  State save() const;
  void load(const std::map<std::string, ConstArray>& state);

 private:
  std::uint64_t seed_of(std::int64_t seed) const { return host::node_seed(seed, node_); }

  std::shared_ptr<const host::Parameters> parameters_;
  std::string node_;
  mutable std::shared_mutex mutex_;
  std::unique_ptr<host::Instance> instance_;
};

}  // namespace shoal::python

#endif  // SHOAL_FRAMEWORK_PYTHON_CLUSTERER_H_
