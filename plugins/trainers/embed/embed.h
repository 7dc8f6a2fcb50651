// embed.h: what an encoder makes of a dataset.
#ifndef SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
#define SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_

#include "shoal/torch/examples.h"
#include "shoal/torch/precision.h"
#include "shoal/torch/trainer.h"

struct EmbedParams : shoal::PrecisionOptions {
  static void describe(shoal::Schema<EmbedParams>& schema) { shoal::describe_precision(schema); }
};

/// Embeds every example once, in eval mode: as it is, or one view of it where an augmentation is wired. Nothing is
/// trained, and nothing is random but the views.
class Embed final : public shoal::Trainer {
 public:
  explicit Embed(const EmbedParams& params = {}) : params_(params) {}

  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
    const shoal::Examples data(context, *inputs.dataset("data"));
    const auto encoder = inputs.encoder("encoder", data.shape());
    const at::Tensor embedding = inputs.has("augmentation")
                                     ? shoal::embed_views(context, *encoder, data, inputs.augmentation("augmentation"),
                                                          context.random("views"), compute)
                                     : shoal::embed(context, *encoder, data, compute);
    outputs.array("features", context.copy(shoal::view(embedding)));
  }

 private:
  EmbedParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
