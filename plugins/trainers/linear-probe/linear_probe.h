// linear_probe.h: what one linear layer can read from a frozen encoder.
#ifndef SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LINEAR_PROBE_H_
#define SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LINEAR_PROBE_H_

#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/precision.h"
#include "shoal/torch/trainer.h"

struct LinearProbeParams : shoal::PrecisionOptions {
  std::vector<double> weight_decays = {1e-3, 1e-4, 1e-5};
  std::int64_t max_iter = 80;
  bool standardize = true;

  static void describe(shoal::Schema<LinearProbeParams>& schema);
  void check() const;
};

/// Embeds both datasets once, in eval mode; fits multinomial logistic regression to the training embeddings, with the
/// weight decay that does best on the last sixth of them; and looks at the test set once, with what came out. Labels
/// that are wired stand for those of the training set, and then no label of either set is looked at.
///
/// Throws Error  the encoder's parameters or buffers are not byte for byte what they were
/// Source: the protocol is that of Zhang, Isola, Efros, ECCV 2016, and of Caron et al., ECCV 2018.
class LinearProbe final : public shoal::Trainer {
 public:
  explicit LinearProbe(const LinearProbeParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  LinearProbeParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LINEAR_PROBE_H_
