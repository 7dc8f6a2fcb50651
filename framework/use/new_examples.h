#ifndef SHOAL_FRAMEWORK_USE_NEW_EXAMPLES_H_
#define SHOAL_FRAMEWORK_USE_NEW_EXAMPLES_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "framework/run/component_artifacts.h"
#include "framework/run/value.h"

namespace shoal::host {

/// Examples that somebody wants an answer for, in the form of those that a run learnt from.
struct NewExamples {
  std::shared_ptr<const Made> dataset = {};
  std::vector<std::string> names = {};     ///< one each: the image's file, or its number in the file of data, from 0
  std::vector<std::string> notes = {};     ///< what was done to them, a line each
  std::vector<std::string> warnings = {};  ///< how they look unlike what the run learnt from
  std::shared_ptr<void> kept = {};         ///< a file of them, gone with the last copy
};

/// What to open, and how.
struct ExampleFiles {
  std::vector<std::string> files = {};  ///< images (PNG, JPEG, PGM, PPM), or one IDX or NPY file
  bool resize = false;                  ///< images of another size are scaled; else they are refused
};

/// Opens files by dataset/image-folder, dataset/idx or dataset/npy, as their first bytes say, and brings them to the
/// form of `learnt_from`:
///
///     images   its number of channels (colour to grey by BT.601, grey to colour by repeating); its size, or refused
///     arrays   its shape, but for axes of 1 and for being flat
///     bytes    where it holds floats: divided by 255 where those lie in [0, 1], else as they are
///     floats   of the other width: converted
///
/// Nothing else is changed: no inversion, no centring, no stretching of contrast; what looks unlike is a warning.
/// Throws InputError  a file is missing, a folder, damaged or of no known kind; a shape or dtype that does not fit:
/// what
///                    is wanted
NewExamples open_examples(const ExampleFiles& which, const Looks& learnt_from, const Registry& registry,
                          Services& services, Listener* listener);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_USE_NEW_EXAMPLES_H_
