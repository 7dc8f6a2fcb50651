#ifndef SHOAL_FRAMEWORK_RUN_VALUE_H_
#define SHOAL_FRAMEWORK_RUN_VALUE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "framework/graph/parameters.h"
#include "framework/plugin/registry.h"
#include "framework/plugin/services.h"
#include "framework/plugin/timed_object.h"
#include "shoal/torch/tensor.h"

namespace shoal::host {

/// A component made and, where it has inputs, bound to others; with the context that carries its messages. Datasets,
/// augmentations and fitted components are shared by all who only read from them.
class Live {
 public:
  Live(Services& services, const ComponentEntry& entry, const Parameters& parameters, std::uint64_t seed,
       Listener* listener, std::vector<std::pair<std::string, std::vector<std::shared_ptr<Live>>>> inputs = {});

  Object object() const { return Object(timed_ ? timed_->object() : instance_.object()); }
  Context& context() { return context_.context(); }
  Instance& instance() { return instance_; }

 private:
  std::vector<std::pair<std::string, std::vector<std::shared_ptr<Live>>>>
      inputs_;  // shared: the inputs serve others too
  NodeContext context_;
  Instance instance_;
  std::optional<TimedObject> timed_;  // in front of it, where there is a profile
};

/// What a trainer made of an encoder, head or objective: its tensors, on the CPU, and what it was built for.
struct Trained {
  NamedTensors tensors = {};
  Shape example = {};                ///< of an encoder
  Index embedding = 0, classes = 0;  ///< of a head
  Index outputs = 0;                 ///< of an objective
};

/// A component as a value: from this, anybody makes one of his own. Never changed.
struct Made {
  ComponentEntry entry;
  std::shared_ptr<const Parameters> parameters;
  std::uint64_t seed = 0;  ///< of the node that declared it
  std::vector<std::pair<std::string, std::vector<std::shared_ptr<const Made>>>> inputs;
  std::shared_ptr<const Trained> trained;  ///< torch tier, after training
  std::shared_ptr<Live> shared;            ///< datasets and augmentations, and what was fitted

  /// One of its own, as it was declared: not fitted, not trained.
  std::shared_ptr<Live> make(Services& services, Listener* listener) const;
  /// The shared one, or one of its own where there is none.
  std::shared_ptr<Live> use(Services& services, Listener* listener) const;
};

/// What an output holds. A series is its last number; the whole is in the run's scalars.
struct Series {
  double last = 0;
  bool empty = true;
};
using RunValue = std::variant<std::monostate, Array, double, Series, std::shared_ptr<const Made>>;

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_VALUE_H_
