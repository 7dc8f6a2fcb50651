// logistic_regression.h: multinomial logistic regression by L-BFGS, with the gradient written out.
#ifndef SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LOGISTIC_REGRESSION_H_
#define SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LOGISTIC_REGRESSION_H_

#include <ATen/core/Tensor.h>

#include <functional>

#include "shoal/array.h"

/// N examples with their D features in columns: (D, N), rows contiguous. With W (C, D) in front, W·X reads and writes
/// along memory; on 60 000 examples of 128 features that is six times faster than X·W with examples in rows and
/// autograd.
struct Columns {
  at::Tensor features;  ///< (D, N) float32 or float64
  at::Tensor labels;    ///< (N) int64 in [0, C)

  shoal::Index count() const { return features.size(1); }
  /// The examples `from` to `to`, without the last: a view, whose rows are as far apart as before.
  Columns slice(shoal::Index from, shoal::Index to) const;
};

/// A layer of C classes: logits W·x + b. One tensor (C, D + 1), b being its last column, so that a solver sees one
/// vector.
struct Layer {
  at::Tensor weights;

  static Layer zeros(shoal::Index classes, const Columns& data);
  at::Tensor logits(const at::Tensor& features) const;   ///< (C, N)
  at::Tensor predict(const at::Tensor& features) const;  ///< (N) int64, the class of the largest logit
};

/// mean of −ln softmax(W·x + b)[label], plus weight_decay · ‖W‖²; b is free. Its gradient goes to `gradient` (C, D +
/// 1). scikit-learn's LogisticRegression has this objective with C = 1 / (2 · weight_decay · N).
double objective(const Layer& layer, const Columns& data, double weight_decay, at::Tensor& gradient);

struct FitOptions {
  double weight_decay = 0;
  shoal::Index max_iter = 80;
};

/// The layer that minimises the objective, from `start`. It may stop at max_iter, close to the minimum.
Layer fit(const Layer& start, const Columns& data, const FitOptions& options,
          const std::function<void()>& on_evaluation);

/// Minimises `value_and_gradient` from `start`, which is not changed: L-BFGS, history 10, line search by the strong
/// Wolfe conditions; at most 1.25 · max_iter evaluations. Source: Nocedal, Wright, Numerical Optimization, 2006,
/// algorithms 7.5 and 3.5. LibTorch's own; here and in no other file, since its header takes 15 s.
at::Tensor minimise(const at::Tensor& start, shoal::Index max_iter,
                    const std::function<double(const at::Tensor& at, at::Tensor& gradient)>& value_and_gradient);

#endif  // SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LOGISTIC_REGRESSION_H_
