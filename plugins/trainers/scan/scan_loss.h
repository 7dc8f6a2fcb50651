// scan_loss.h: an example and its neighbour in one cluster, and the clusters alike in size.
#ifndef SHOAL_PLUGINS_TRAINERS_SCAN_SCAN_LOSS_H_
#define SHOAL_PLUGINS_TRAINERS_SCAN_SCAN_LOSS_H_

#include <ATen/core/Tensor.h>

/// All three are scalars with gradients, in nats.
struct ScanLoss {
  at::Tensor total;        ///< consistency − entropy_weight · entropy
  at::Tensor consistency;  ///< mean over the rows of −ln ⟨p, q⟩ ≥ 0; 0 where all are sure of the same cluster
  at::Tensor entropy;      ///< of the mean of p over the rows, in [0, ln K]; ln K where clusters are used alike
};

/// The loss of logits (B, K) of B examples, whose softmax is p, and of their neighbours, row by row, whose softmax is
/// q. It is computed from logarithms: logits that rule a cluster out give neither an infinity nor a gradient of 0, as
/// the authors' clamps of ln 0 do.
///
/// The entropy is of the examples alone, as in the authors' code. Of B rows it is at most ln B: batches must be large
/// against K.
/// Source: Van Gansbeke, Vandenhende, Georgoulis, Proesmans, Van Gool, "SCAN: Learning to classify images without
/// labels", ECCV 2020, equation 2.
ScanLoss scan_loss(const at::Tensor& examples, const at::Tensor& neighbors, double entropy_weight);

/// The loss of all N examples, of their logits (N, K), with all k neighbours of each: `neighbors` (N, k) int64, rows of
/// the same logits. In float64, without gradients.
ScanLoss scan_loss_of_all(const at::Tensor& logits, const at::Tensor& neighbors, double entropy_weight);

#endif  // SHOAL_PLUGINS_TRAINERS_SCAN_SCAN_LOSS_H_
