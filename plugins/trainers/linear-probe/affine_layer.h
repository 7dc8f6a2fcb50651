// affine_layer.h: the layer of standardised features as a layer of the features themselves.
#ifndef SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_AFFINE_LAYER_H_
#define SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_AFFINE_LAYER_H_

#include <ATen/core/Tensor.h>

#include "logistic_regression.h"

/// What was done to each of F features; both undefined where nothing was.
struct Moments {
  at::Tensor mean, deviation;  ///< (F) float32; the deviation of one that does not vary is 1
};

/// Subtracts from each feature, in place, its mean over the examples and divides by its deviation; one that does not
/// vary is only shifted. Feature by feature, in double: there is never a second copy of them all. `columns` (F, N).
Moments standardize(const at::Tensor& columns);

/// Logits x·Wᵀ + b of examples in rows.
struct AffineLayer {
  at::Tensor weight, bias;                              ///< (C, F), (C) float32
  at::Tensor logits(const at::Tensor& features) const;  ///< (M, F) → (M, C)
};

/// The layer that says of features what `layer` says of (feature − mean) / deviation: W / deviation, and
/// b − Σ W · mean / deviation; worked out in double.
AffineLayer fold(const Layer& layer, const Moments& moments);

#endif  // SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_AFFINE_LAYER_H_
