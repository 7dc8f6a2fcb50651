// embed.h: what an encoder makes of a dataset.
#ifndef SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
#define SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_

#include "shoal/torch/examples.h"
#include "shoal/torch/trainer.h"

/// Embeds every example once, in eval mode. Nothing is trained and nothing is random.
class Embed final : public shoal::Trainer {
 public:
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const shoal::Examples data(context, *inputs.dataset("data"));
    const auto encoder = inputs.encoder("encoder", data.shape());
    const at::Tensor embedding = shoal::embed(context, *encoder, data, inputs.device());
    outputs.array("features", context.copy(shoal::view(embedding)));
  }
};

#endif  // SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
