// confident.h: the examples that a head is sure of, and the loss of what it says of them.
#ifndef SHOAL_PLUGINS_TRAINERS_SELF_LABEL_CONFIDENT_H_
#define SHOAL_PLUGINS_TRAINERS_SELF_LABEL_CONFIDENT_H_

#include <ATen/core/Tensor.h>

#include "shoal/torch/head.h"

/// n ≤ B examples of a batch. Both on the CPU.
struct Confident {
  at::Tensor rows;    ///< (n) int64: which of the batch, ascending
  at::Tensor labels;  ///< (n) int64: the cluster of the largest probability
};

/// Those of `probabilities` (B, K) whose largest is above `threshold`.
Confident find_confident(const at::Tensor& probabilities, double threshold);

/// The loss of logits (n, K) against labels (n), n ≥ 1, where every cluster that occurs counts alike: the mean over
/// these clusters of the head's mean loss of their examples. For cross entropy that is the weighted mean with weights
/// n / (examples of the cluster), as in the authors' code. `labels` on the CPU.
at::Tensor balanced_loss(shoal::Head& head, const at::Tensor& logits, const at::Tensor& labels);

#endif  // SHOAL_PLUGINS_TRAINERS_SELF_LABEL_CONFIDENT_H_
