#ifndef SHOAL_FRAMEWORK_RUN_TIMED_MODULE_H_
#define SHOAL_FRAMEWORK_RUN_TIMED_MODULE_H_

#include <memory>
#include <string_view>

#include "framework/plugin/profile.h"
#include "shoal/torch/augmentation.h"
#include "shoal/torch/encoder.h"
#include "shoal/torch/head.h"
#include "shoal/torch/objective.h"

namespace shoal::host {

/// A component of the torch tier behind one that times its calls: forward, loss and the rest, and how long its
/// gradients took, from that of an output to the last of a parameter (on a GPU, how long it took to ask for it all).
/// It has the same tensors under the same names, is a Decoder or Readouts where the other is, and computes the same
/// numbers. `component` is the id that times are kept under, such as "encoder/convnet", and outlives it, as does
/// `profile`, which may be null: then the component is returned as it is.
///
/// It has been built: names and tensors are taken as they are now.
std::unique_ptr<Encoder> timed(std::unique_ptr<Encoder> encoder, std::string_view component, Profile* profile);
std::unique_ptr<Head> timed(std::unique_ptr<Head> head, std::string_view component, Profile* profile);
std::unique_ptr<Objective> timed(std::unique_ptr<Objective> objective, std::string_view component, Profile* profile);
/// One in front of an augmentation that outlives it.
std::unique_ptr<Augmentation> timed(const Augmentation& augmentation, std::string_view component, Profile& profile);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_TIMED_MODULE_H_
