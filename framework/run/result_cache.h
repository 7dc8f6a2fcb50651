#ifndef SHOAL_FRAMEWORK_RUN_RESULT_CACHE_H_
#define SHOAL_FRAMEWORK_RUN_RESULT_CACHE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/run/kept_value.h"
#include "framework/run/record.h"
#include "framework/store/store.h"

namespace shoal::host {

/// What a node's work came to, beside its values.
struct WorkDone {
  double seconds = 0;
  std::int64_t peak_rss_bytes = 0;
  std::vector<double> fit_seconds = {};   ///< of a clusterer
  DataSeen data = {};                     ///< of a clusterer
  std::vector<ScalarPoint> scalars = {};  ///< what it reported, in order
};

/// What a node takes, by contents.
struct InputContents {
  std::vector<std::vector<std::string>> ports = {};  ///< parallel to GraphNode::ports
  std::string made = {};                             ///< of the component, for `use: node.output`
};

/// The parts of the key of a node's result: component, library, parameters, seed if it is random, its inputs' contents,
/// the kind of device and LibTorch where it works with them. Not its name, its place in the file, its threads, its
/// machine.
KeyParts key_parts(const GraphNode& node, std::uint64_t seed, const InputContents& inputs, const at::Device& device);

/// Keeps the results of nodes in a store and finds them again.
class ResultCache {
 public:
  /// `experiment` is said of what is kept.
  ResultCache(Store& store, Services& services, std::string experiment)
      : store_(store), services_(services), experiment_(std::move(experiment)) {}

  Store& store() { return store_; }
  const std::string& experiment() const { return experiment_; }

  /// Keeps what a job gave; values larger than a GiB, and what cannot be saved, are left out. A full disk is told
  /// (S705), and nothing more is kept in this run.
  std::optional<Manifest> keep(const std::string& key, const KeyParts& parts, const Job& job,
                               const std::vector<RunValue>& values, const WorkDone& done);

  /// What was kept beside the values. Throws DamagedEntry.
  WorkDone work_done(const Manifest& manifest, const std::string& node);

 private:
  Array get(const std::string& digest);

  Store& store_;
  Services& services_;
  std::string experiment_;
  bool full_ = false;
};

/// The description of an output in a manifest; null where there is none.
const nlohmann::ordered_json* find_output(const Manifest& manifest, const std::string& output);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_RESULT_CACHE_H_
