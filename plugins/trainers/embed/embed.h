// embed.h: what an encoder makes of a dataset.
#ifndef SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
#define SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_

#include "shoal/torch/precision.h"
#include "shoal/torch/reader.h"

struct EmbedParams : shoal::ReadoutOptions, shoal::PrecisionOptions {
  static void describe(shoal::Schema<EmbedParams>& schema) {
    shoal::describe_readout(schema);
    shoal::describe_precision(schema);
  }
};

/// Embeds every example once, in eval mode: as it is, or one view of it where an augmentation is wired; or reads it
/// elsewhere than at the embedding. Nothing is trained, and nothing is random but the views.
class Embed final : public shoal::Trainer {
 public:
  explicit Embed(const EmbedParams& params = {}) : params_(params) {}

  void run(shoal::Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) override {
    const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
    const shoal::Examples data(context, *inputs.dataset("data"));
    shoal::Reader reader = shoal::Reader::of(inputs, data.shape(), params_, compute);
    reader.require_room(data.count(), sizeof(float));
    const shoal::Array features = context.allocate<float>({data.count(), reader.features()});
    if (inputs.has("augmentation")) {
      shoal::read_views_into(context, reader, data, inputs.augmentation("augmentation"), context.random("views"),
                             shoal::tensor(features));
    } else {
      shoal::read_into(context, reader, data, shoal::tensor(features));
    }
    outputs.array("features", features);
  }

 private:
  EmbedParams params_;
};

#endif  // SHOAL_PLUGINS_TRAINERS_EMBED_EMBED_H_
