#include "shoal/plugin.h"

#include "compose.h"

void Compose::bind(shoal::Context&, std::string_view, const std::vector<shoal::Object>& objects) {
  augmentations_.clear();
  for (const shoal::Object& object : objects)
    augmentations_.push_back(&shoal::torch_component<shoal::Augmentation>(object));
}

at::Tensor Compose::apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const {
  at::Tensor out = augmentations_.empty() ? batch.clone() : batch;
  for (std::size_t i = 0; i < augmentations_.size(); ++i)
    out = augmentations_[i]->apply(context, out, random.fork(shoal::text("augmentation {}", i)));
  return out;
}

SHOAL_PLUGIN("compose", "0.1.0", "augmentations one after another") {
  plugin.add<Compose>("augmentation/compose")
      .list_in<shoal::Augmentation>("augmentations", "what to apply, first to last; none: images stay as they are");
}
