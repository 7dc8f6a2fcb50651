// embed.h: what an encoder makes of a dataset.
#ifndef SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
#define SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_

#include "shoal/torch/examples.h"
#include "shoal/torch/trainer.h"

/// Embeds every example once, in eval mode: as it is, or one view of it where an augmentation is wired. Nothing is
/// trained, and nothing is random but the views.
class Embed final : public shoal::Trainer {
 public:
  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const shoal::Examples data(context, *inputs.dataset("data"));
    const auto encoder = inputs.encoder("encoder", data.shape());
    const at::Tensor embedding = inputs.has("augmentation")
                                     ? shoal::embed_views(context, *encoder, data, inputs.augmentation("augmentation"),
                                                          context.random("views"), inputs.device())
                                     : shoal::embed(context, *encoder, data, inputs.device());
    outputs.array("features", context.copy(shoal::view(embedding)));
  }
};

#endif  // SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
