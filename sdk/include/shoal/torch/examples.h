// shoal/torch/examples.h: a dataset in memory, batches of it, and a whole dataset through an encoder.
#ifndef SHOAL_TORCH_EXAMPLES_H_
#define SHOAL_TORCH_EXAMPLES_H_

#include <ATen/core/Tensor.h>

#include <span>

#include "shoal/dataset.h"
#include "shoal/torch/augmentation.h"
#include "shoal/torch/encoder.h"
#include "shoal/torch/head.h"
#include "shoal/torch/precision.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// A dataset's examples, in its own dtype (images stay bytes), and its labels where it has them.
class Examples {
 public:
  /// Reads everything once.
  Examples(Context& context, DatasetProxy& dataset);

  Index count() const { return info_.count; }         ///< N
  const Shape& shape() const { return info_.shape; }  ///< of one example
  const DatasetInfo& info() const { return info_; }   ///< as the dataset said it
  /// Labels (N) int64; undefined where the dataset has none.
  const at::Tensor& labels() const { return labels_; }
  /// C: the number of class names, or the largest label + 1. Throws InputError without labels.
  Index classes() const;

  /// The examples numbered `rows` as float32 on the CPU (B, shape…), bytes divided by 255.
  at::Tensor batch(std::span<const Index> rows) const;
  /// The examples numbered `rows`, copied, as a dataset of their own; at least one.
  Examples subset(std::span<const Index> rows) const;
  /// Rows `from` to `to`, without the last.
  at::Tensor range(Index from, Index to) const;

 private:
  at::Tensor select(const at::Tensor& from, std::span<const Index> rows) const;

  DatasetInfo info_;
  at::Tensor examples_, labels_;
};

/// Embeddings (N, E) float32 on the CPU of all examples, in eval mode and without gradients; the mode is put back.
/// Reports progress as examples. (60 000 images through encoder/convnet: 3.9 s in batches of 256 or 500, 5.3 s of
/// 1000.)
at::Tensor embed(Context& context, Encoder& encoder, const Examples& examples, const Compute& compute,
                 Index batch_size = 256);

/// Logits (N, C) float32 on the CPU of all examples, likewise.
at::Tensor predict_logits(Context& context, Encoder& encoder, Head& head, const Examples& examples,
                          const Compute& compute, Index batch_size = 256);

/// What a head says of N examples, all on the CPU.
struct Predictions {
  at::Tensor logits, probabilities;  ///< (N, C) float32
  at::Tensor labels;                 ///< (N) int64: the class of the largest logit, the lowest of equal ones
};
/// Of embeddings (N, E), as embed() gives them; in eval mode and without gradients, and the mode is put back.
Predictions predictions(Head& head, const at::Tensor& embedding, const Compute& compute);

/// The share of rows whose largest logit is the label's.
double accuracy(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace shoal

#endif  // SHOAL_TORCH_EXAMPLES_H_
