// knn_probe.h: the label that an example's nearest training examples have, in the space of a frozen encoder.
#ifndef SHOAL_PLUGINS_TRAINERS_KNN_PROBE_KNN_PROBE_H_
#define SHOAL_PLUGINS_TRAINERS_KNN_PROBE_KNN_PROBE_H_

#include "shoal/schema.h"
#include "shoal/torch/precision.h"
#include "shoal/torch/reader.h"

struct KnnProbeParams : shoal::ReadoutOptions, shoal::PrecisionOptions {
  std::int64_t neighbors = 20;
  double temperature = 0.07;

  static void describe(shoal::Schema<KnnProbeParams>& schema);
};

/// Reads both datasets once, in eval mode; the transforms are fitted to the training embeddings; rows are divided by
/// their length, so that the nearest are those of the greatest cosine. Each test example takes the label with the most
/// weight among its neighbours, exp(cosine / temperature) each, or one vote each for temperature 0; of equals the label
/// of the nearer neighbour. A label of −1 has no weight.
///
/// Source: Wu, Xiong, Yu, Lin, "Unsupervised feature learning via non-parametric instance discrimination", CVPR 2018.
class KnnProbe final : public shoal::Trainer {
 public:
  explicit KnnProbe(const KnnProbeParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  KnnProbeParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_KNN_PROBE_KNN_PROBE_H_
