// weight_decay.h: the weight decay of a probe, chosen by training examples that are held out.
#ifndef SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_WEIGHT_DECAY_H_
#define SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_WEIGHT_DECAY_H_

#include <functional>
#include <vector>

#include "logistic_regression.h"
#include "shoal/context.h"

struct Chosen {
  double weight_decay;
  Layer layer;  ///< fitted to the first five sixths
};

/// The layer fitted to `data` with this weight decay, from `start`.
using FitLayer = std::function<Layer(const Layer& start, const Columns& data, double weight_decay)>;

/// The weight decay, of one or more `candidates`, whose layer, fitted to the first five sixths of `train`, is right
/// most often on the last sixth; the strongest of several. They are fitted from strong to weak, the first from `start`,
/// each other from where the one before ended; after each a checkpoint is offered.
/// Throws InputError  fewer than six examples
Chosen choose_weight_decay(shoal::Context& context, const Columns& train, const Layer& start,
                           std::vector<double> candidates, const FitLayer& fit_layer);

/// The share of `labels` (N) that `predicted` (N) has too.
double share_right(const at::Tensor& predicted, const at::Tensor& labels);

#endif  // SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_WEIGHT_DECAY_H_
