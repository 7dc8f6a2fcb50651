// linear_probe.h: what one linear layer can read from a frozen encoder.
#ifndef SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LINEAR_PROBE_H_
#define SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LINEAR_PROBE_H_

#include <vector>

#include "shoal/schema.h"
#include "shoal/torch/precision.h"
#include "shoal/torch/reader.h"

struct LinearProbeParams : shoal::ReadoutOptions, shoal::PrecisionOptions {
  std::vector<double> weight_decays = {1e-3, 1e-4, 1e-5};
  std::int64_t max_iter = 80;
  bool standardize = true;

  static void describe(shoal::Schema<LinearProbeParams>& schema);
  void check() const;
};

/// Reads both datasets once, in eval mode, at the embedding or at another readout; fits multinomial logistic regression
/// to the training features, with the weight decay that does best on the last sixth of them; and looks at the test set
/// once, with what came out: the layer in terms of the features as they are read, which the head wired to `classifier`
/// takes, so that the accuracy is that of the head. Labels that are wired stand for those of the training set, and then
/// no label of either set is looked at. Memory: the features once, 4·(N + M)·F bytes; they are read into place,
/// standardised there, and never copied.
///
/// Throws Error  the parameters or buffers of encoder or head are not byte for byte what they were
/// Source: the protocol is that of Zhang, Isola, Efros, ECCV 2016, and of Caron et al., ECCV 2018.
class LinearProbe final : public shoal::Trainer {
 public:
  explicit LinearProbe(const LinearProbeParams& params) : params_(params) {}
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override;

 private:
  LinearProbeParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_LINEAR_PROBE_LINEAR_PROBE_H_
