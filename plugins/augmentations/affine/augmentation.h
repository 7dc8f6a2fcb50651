// augmentation.h: affine maps of a batch, one draw an image.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_AFFINE_AUGMENTATION_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_AFFINE_AUGMENTATION_H_

#include "affine.h"
#include "shoal/schema.h"
#include "shoal/torch/augmentation.h"

struct AffineParams {
  double shift = 0.1;
  double rotate = 15;
  double scale = 0.15;
  double shear = 0.2;
  double fill = 0;

  static void describe(shoal::Schema<AffineParams>& schema);
};

class Affine final : public shoal::Augmentation {
 public:
  explicit Affine(const AffineParams& params)
      : ranges_{params.shift, params.rotate, params.scale, params.shear}, fill_(static_cast<float>(params.fill)) {}

  at::Tensor apply(shoal::Context& context, const at::Tensor& batch, const shoal::Random& random) const override;

 private:
  AffineRanges ranges_;
  float fill_;
};

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_AFFINE_AUGMENTATION_H_
