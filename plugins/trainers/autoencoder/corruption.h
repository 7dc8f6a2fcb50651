// corruption.h: what a denoising autoencoder has to undo.
#ifndef SHOAL_PLUGINS_TRAINERS_AUTOENCODER_CORRUPTION_H_
#define SHOAL_PLUGINS_TRAINERS_AUTOENCODER_CORRUPTION_H_

#include <ATen/core/Tensor.h>

#include "shoal/context.h"

enum class Noise { kMasking, kGaussian };

/// A copy of `batch` (B, …) float32, on the CPU, with noise: of masking, each number is 0 with probability `amount`; of
/// gaussian, each has a normal number of standard deviation `amount` added. Example i draws from random.fork(i), so the
/// result is the same for any number of threads. An amount of 0 is the identity.
/// Source: Vincent, Larochelle, Lajoie, Bengio, Manzagol, "Stacked denoising autoencoders", JMLR 11 (2010) 3371–3408.
at::Tensor corrupt(const shoal::Context& context, const at::Tensor& batch, Noise noise, double amount,
                   const shoal::Random& random);

#endif  // SHOAL_PLUGINS_TRAINERS_AUTOENCODER_CORRUPTION_H_
