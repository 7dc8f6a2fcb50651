// contrast.h: random contrast and brightness. Plain C++, without LibTorch.
#ifndef SHOAL_PLUGINS_AUGMENTATIONS_CONTRAST_CONTRAST_H_
#define SHOAL_PLUGINS_AUGMENTATIONS_CONTRAST_CONTRAST_H_

#include "image.h"
#include "shoal/random.h"

/// x → mean + factor·(x − mean) + shift.
struct Tone {
  double factor = 1, shift = 0;
  bool operator==(const Tone&) const = default;
};

/// One draw: the factor uniform in 1 ± contrast, the shift in ± brightness. Always two numbers of the stream.
Tone draw_tone(double contrast, double brightness, shoal::Random random);

/// The image to `out` in this tone about its mean over all channels, kept within [0, 1].
/// The tone (1, 0) copies bits, also of what lies outside of [0, 1].
void retone(const float* image, const ImageShape& shape, const Tone& tone, float* out);

#endif  // SHOAL_PLUGINS_AUGMENTATIONS_CONTRAST_CONTRAST_H_
