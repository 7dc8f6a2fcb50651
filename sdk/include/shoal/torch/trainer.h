// shoal/torch/trainer.h: the kind "trainer". Torch tier.
#ifndef SHOAL_TORCH_TRAINER_H_
#define SHOAL_TORCH_TRAINER_H_

#include <ATen/core/Tensor.h>

#include <memory>
#include <string_view>
#include <vector>

#include "shoal/clusterer.h"
#include "shoal/component.h"
#include "shoal/dataset.h"
#include "shoal/torch/augmentation.h"
#include "shoal/torch/bridge.h"
#include "shoal/torch/encoder.h"
#include "shoal/torch/head.h"
#include "shoal/torch/objective.h"
#include "shoal/transform.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// What is wired to a trainer's ports. Every call makes a fresh object that the trainer owns and may change: nodes are
/// pure, so what the wired node holds stays as it is. Throws InputError for a port that is not wired; ask `has` first
/// for optional ones.
class Inputs {
 public:
  virtual ~Inputs() = default;
  virtual bool has(std::string_view port) const = 0;     ///< whether anything is wired
  virtual Index count(std::string_view port) const = 0;  ///< of a list port: how many nodes are wired; else 0 or 1

  virtual std::unique_ptr<DatasetProxy> dataset(std::string_view port) = 0;                       ///< opened
  virtual std::unique_ptr<ClustererProxy> clusterer(std::string_view port, Index index = 0) = 0;  ///< not fitted
  virtual std::unique_ptr<TransformProxy> transform(std::string_view port, Index index = 0) = 0;  ///< not fitted
  /// Kept by the Inputs, valid as long as they are.
  virtual const Augmentation& augmentation(std::string_view port) = 0;

  /// Built for examples of this shape; with the wired node's trained parameters where it is a trained one, else with
  /// initial ones that depend on that node alone (so that two trainers of one encoder start alike). On `device`.
  virtual std::unique_ptr<Encoder> encoder(std::string_view port, const Shape& example, Index index = 0) = 0;
  /// Built for E and C, on `device`. `draw` numbers the initialisations: another draw, other initial parameters.
  virtual std::unique_ptr<Head> head(std::string_view port, Index embedding, Index classes, Index draw = 0) = 0;
  /// C that the wired head was trained for. Throws InputError  the wired head is not a trained one
  virtual Index trained_classes(std::string_view port) const = 0;
  /// Built for D = outputs, on `device`; with the wired node's trained state where it is a trained one.
  virtual std::unique_ptr<Objective> objective(std::string_view port, Index outputs) = 0;

  virtual Array array(std::string_view port, Index index = 0) = 0;  ///< labels or features
  virtual double number(std::string_view port) = 0;                 ///< a number

  /// Where to train: what the experiment's `device` says.
  virtual at::Device device() const = 0;
};

/// The labels (N) int64 wired to `port` (of a list port, number `index`), one for each of the `examples` of port
/// `data`. Throws InputError  there are not as many (both are named)
inline Array labels_of(Inputs& inputs, std::string_view port, std::string_view data, Index examples, Index index = 0) {
  Array labels = inputs.array(port, index);
  require(labels.rows() == examples, "'{}' has {} examples, but '{}' are {}", data, examples, port, labels.rows());
  return labels;
}

/// The transforms wired to a list port, one after another; there may be none.
class TransformChain {
 public:
  TransformChain(Inputs& inputs, std::string_view port) {
    for (Index i = 0; i < inputs.count(port); ++i) transforms_.push_back(inputs.transform(port, i));
  }

  Index count() const { return static_cast<Index>(transforms_.size()); }  ///< how many are wired
  /// Fits each, in order, to what reaches it of `features` (N, D), and returns what comes out at the end (N, D'). An
  /// empty Array where there are none. `draw` numbers the fits: another draw, other chance.
  Array fit_apply(const Context& context, ConstArray features, Index draw = 0) const {
    return run(context, features, draw, true);
  }
  /// What they make of `features` (M, D), as they were fitted; likewise.
  Array apply(const Context& context, ConstArray features, Index draw = 0) const {
    return run(context, features, draw, false);
  }

 private:
  Array run(const Context& context, ConstArray features, Index draw, bool fit) const {
    Array out;
    for (std::size_t i = 0; i < transforms_.size(); ++i) {
      SubContext own(context, text("transform {}", i), draw);
      const ConstArray input = i == 0 ? features : out.view();
      if (fit) transforms_[i]->fit(own, input);
      out = transforms_[i]->apply(own, input);
    }
    return out;
  }

  std::vector<std::unique_ptr<TransformProxy>> transforms_;
};

/// Where a trainer puts what it made, under the names of its declared outputs, each once. Series are not put here: they
/// are what context.scalar reported under their name.
class Outputs {
 public:
  virtual ~Outputs() = default;
  /// One that came from `inputs`: what the output is made from is the node whose encoder (head, objective) was asked
  /// for last.
  virtual void encoder(std::string_view output, std::unique_ptr<Encoder> value) = 0;
  virtual void head(std::string_view output, std::unique_ptr<Head> value) = 0;
  virtual void objective(std::string_view output, std::unique_ptr<Objective> value) = 0;
  virtual void array(std::string_view output, Array value) = 0;
  virtual void number(std::string_view output, double value) = 0;
};

/// A procedure over datasets and components: supervised training, DeepCluster, a linear probe. Ports and outputs are
/// declared in SHOAL_PLUGIN:
///
///     plugin.add<Supervised, Params>("trainer/supervised").random()
///           .in<Dataset>("data", "what to learn from").in<Encoder>("encoder", "…").in<Head>("head", "…")
///           .out<Encoder>("encoder", "the trained encoder").out<Series>("loss", "mean over the steps of an epoch",
///           SHOAL_LOWER);
///
/// Threads  run has the process to itself; LibTorch's pool and the host's are idle when it begins.
/// Purity   chance comes from context.random(…) alone, calls of other components get a SubContext each.
class Trainer : public Component {
 public:
  static constexpr const char* kKind = "trainer";

  /// Throws InputError  what is wired cannot work together: what is wanted, and what was got
  ///        Cancelled   the user stopped the run; progress is called at least once a second
  virtual void run(Context& context, Inputs& inputs, Outputs& outputs) = 0;

  using Interfaces = InterfaceList<Trainer>;
};

namespace detail {
template <>
struct Bridge<Trainer> : TorchBridge<Trainer> {
  static constexpr const char* kId = "torch.trainer/1";
};
}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_TORCH_TRAINER_H_
