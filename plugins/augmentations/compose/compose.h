// compose.h: augmentations one after another.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_COMPOSE_COMPOSE_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_COMPOSE_COMPOSE_H_

#include <vector>

#include "shoal/torch/augmentation.h"

/// Applies what is wired to its port, in order; number i draws from random.fork("augmentation i").
class Compose final : public shoal::Augmentation, public shoal::TakesInputs {
 public:
  void bind(shoal::Context& context, std::string_view port, const std::vector<shoal::Object>& objects) override;
  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override;

 private:
  std::vector<const shoal::Augmentation*> augmentations_;  // the host keeps them as long as this
};

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_COMPOSE_COMPOSE_H_
