// shoal/torch/objective.h: the kind "objective". Torch tier.
#ifndef SHOAL_TORCH_OBJECTIVE_H_
#define SHOAL_TORCH_OBJECTIVE_H_

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "shoal/component.h"
#include "shoal/torch/bridge.h"
#include "shoal/torch/module.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// A loss over what is made of V views of the same examples, for learning without labels. Most are a formula and keep
/// nothing. What one keeps (prototypes, a queue of earlier outputs) are its parameters and buffers, so that it is
/// trained, moved, copied and saved like an encoder.
///
/// Order    build once. Then for each epoch begin_epoch, and for each of its steps loss, and after_step once the
///          parameters have moved.
/// Threads  one thread at a time; LibTorch uses its own pool inside.
/// Purity   loss changes nothing but, in training, what is kept of earlier steps.
class Objective : public Component, public Module {
 public:
  static constexpr const char* kKind = "objective";

  /// Makes and registers what it keeps, at random from context.random(…), for D = outputs numbers a view and example.
  virtual void build(Context& /*context*/, Index /*outputs*/) {}

  struct Loss {
    at::Tensor value;          ///< what is made small: a scalar, with gradients
    NamedTensors diagnostics;  ///< scalars that say what it is made of, without gradients; always the same names
  };

  /// V ≥ 2 views, each (B, D): row i of every one is of the same example. On the device of the parameters.
  /// Throws InputError  views that are fewer than two, or not alike in shape, or too small: what it needs, what it got
  virtual Loss loss(const std::vector<at::Tensor>& views) = 0;

  /// Epoch `epoch`, counted from 1, begins: what some epochs do otherwise than others (freeze, start a queue).
  virtual void begin_epoch(Index /*epoch*/) {}

  /// The parameters have moved: puts right what must hold of them (unit length).
  virtual void after_step() {}

  /// What is seen where training does not get away from outputs that are alike for all examples.
  struct Collapse {
    double loss;       ///< theirs
    std::string cure;  ///< what may help: "try …", parameters by name
  };
  /// For V = views of B = rows examples; a trainer whose loss stays there warns. None where no one loss is theirs.
  virtual std::optional<Collapse> collapse(Index /*views*/, Index /*rows*/) const { return std::nullopt; }

  using Interfaces = InterfaceList<Objective>;
};

/// D of V ≥ 2 views (B, D) of one shape, B ≥ min_rows. Throws InputError otherwise.
inline Index require_views(const std::vector<at::Tensor>& views, Index min_rows = 1) {
  require(views.size() >= 2, "an objective needs at least 2 views, got {}", views.size());
  for (const at::Tensor& view : views)
    require(view.dim() == 2 && view.sizes() == views[0].sizes(),
            "views must have one shape (B, D), but there are {} and {}", to_string(Shape(views[0].sizes().vec())),
            to_string(Shape(view.sizes().vec())));
  require(views[0].size(0) >= min_rows, "this objective needs batches of at least {} examples, got {}", min_rows,
          views[0].size(0));
  return views[0].size(1);
}

/// The mean of `f(a, b)`, a tensor, over all pairs of views, a before b.
template <typename F>
at::Tensor mean_over_pairs(const std::vector<at::Tensor>& views, F&& f) {
  at::Tensor sum;
  Index pairs = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    for (std::size_t j = i + 1; j < views.size(); ++j, ++pairs) {
      const at::Tensor value = f(views[i], views[j]);
      sum = sum.defined() ? sum.add(value) : value;
    }
  }
  return sum.div(pairs);
}

namespace detail {
template <>
struct Bridge<Objective> : TorchBridge<Objective> {
  static constexpr const char* kId = "torch.objective/1";
};
}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_TORCH_OBJECTIVE_H_
