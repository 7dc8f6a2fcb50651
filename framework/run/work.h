#ifndef SHOAL_FRAMEWORK_RUN_WORK_H_
#define SHOAL_FRAMEWORK_RUN_WORK_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/graph/plan.h"
#include "framework/run/record.h"
#include "framework/run/value.h"

namespace shoal::host {

/// What work leaves beside its outputs.
struct FitNotes {
  DataSeen data = {};               ///< what a clusterer was fitted to; filled in unless it is known already
  std::int64_t peak_rss_bytes = 0;  ///< the most memory meanwhile, of this process or of one of its own
};

/// One node about to work, with everything it needs.
struct Job {
  const GraphNode& node;
  std::uint64_t seed;
  std::vector<std::vector<RunValue>> inputs;  ///< per port
  std::shared_ptr<const Made> made;           ///< for `use: node.output`, that component
  Services& services;
  Listener* listener;
  at::Device device;
  double timeout_seconds;                             ///< 0: none
  const std::map<std::string, double>& last_scalars;  ///< what the node has reported so far, by name
  FitNotes& notes;
};

/// Does what the node's kind does: a transform fits and applies, a made one applies, a trainer runs … Returns its
/// outputs, in their order; an output that the component did not give is empty. Throws what the component throws
/// (shoal::Error, Cancelled), or Error for a broken contract.
std::vector<RunValue> do_work(const Job& job);

/// The component of a node that is not at work, as a value for others.
std::shared_ptr<const Made> declare(const Job& job);

/// The labels of a dataset's examples.
Array dataset_labels(const Made& dataset, Services& services, Listener* listener);

/// Features (N, D), with what keeps them where they are: memory of the host, or the dataset whose own they are.
struct HeldFeatures {
  ConstArray view;
  Array array = {};
  std::shared_ptr<Live> dataset = {};
};

/// All examples of a dataset, one a row, in its own dtype; not copied where it can show them where they lie.
HeldFeatures as_examples(const Made& dataset, Services& services, Listener* listener);

/// A value as features: an array of two axes as it is; a dataset as its examples.
HeldFeatures as_features(const RunValue& value, Services& services, Listener* listener);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_WORK_H_
