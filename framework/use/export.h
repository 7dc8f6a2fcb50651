#ifndef SHOAL_FRAMEWORK_USE_EXPORT_H_
#define SHOAL_FRAMEWORK_USE_EXPORT_H_

#include <filesystem>
#include <string>
#include <vector>

#include "framework/run/component_artifacts.h"
#include "framework/use/answers.h"

namespace shoal::host {

/// What was written, and what was not.
struct Exported {
  std::vector<std::string> files = {};     ///< names in the folder
  std::vector<std::string> left_out = {};  ///< what cannot be exported, and why: a line each
};

/// Writes what a node answers with as files that others read, with a README.md that says what they are:
///
///     encoder.safetensors, encoder.pt   the encoder, its tensors and as TorchScript: examples → embedding
///     model.safetensors, model.pt       encoder and head in one: examples → logits; of a readout "head…" the head that
///                                       is read too, as read_head
///     centroids.npy                     of a clusterer or a trainer, (K, D)
///     NODE.safetensors                  what each transform on the way to the clusterer learnt
///     preprocessing.json                what must be done to an example before, class names, and the way of the
///     features use.py                            a program that does all that it can by NumPy, PyTorch and
///     scikit-learn
///
/// `folder` must be new or empty. `learnt_from` is what the examples of the node's dataset look like.
/// Throws InputError  an artifact is missing, the folder holds something
///        std::system_error  it cannot be written to
Exported export_node(const Restored& restored, const AnswerNode& asked, const Looks& learnt_from,
                     const std::filesystem::path& folder);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_USE_EXPORT_H_
