// shoal/torch/head.h: the kind "head". Torch tier.
#ifndef SHOAL_TORCH_HEAD_H_
#define SHOAL_TORCH_HEAD_H_

#include <ATen/core/Tensor.h>

#include "shoal/component.h"
#include "shoal/torch/bridge.h"
#include "shoal/torch/module.h"
#include "shoal/torch/readouts.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// A trainable map from embeddings to classes, and its loss. E and C come from its neighbours. One that
/// can be read on the way, at a hidden layer, derives from Readouts too.
///
/// Order    build once, then the others as often as wanted.
/// Threads  one thread at a time; LibTorch uses its own pool inside.
class Head : public Component, public Module {
 public:
  static constexpr const char* kKind = "head";

  /// Makes and registers the parameters, at random from context.random(…), for E = embedding and C = classes.
  virtual void build(Context& context, Index embedding, Index classes) = 0;

  /// (B, E) → logits (B, C).
  virtual at::Tensor forward(const at::Tensor& embedding) = 0;

  /// The mean loss, a scalar, of logits (B, C) against labels (B) int64.
  virtual at::Tensor loss(const at::Tensor& logits, const at::Tensor& labels) = 0;

  /// Logits (B, C) → probabilities (B, C), rows summing to 1.
  virtual at::Tensor probabilities(const at::Tensor& logits) = 0;

  /// The tensor (C, E) whose rows act as class vectors, for a trainer that sets them to centroids. With b (C) the
  /// logits are x·wᵀ + b; where b is undefined, they rise with the cosine of x and w alone. Both are undefined where
  /// the head is no such map.
  struct ClassVectors {
    at::Tensor weight, bias;  ///< (C, E), (C)
  };
  virtual ClassVectors class_vectors() { return {}; }

  using Interfaces = InterfaceList<Head, Readouts>;
};

namespace detail {
template <>
struct Bridge<Head> : TorchBridge<Head> {
  static constexpr const char* kId = "torch.head/1";
};
}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_TORCH_HEAD_H_
