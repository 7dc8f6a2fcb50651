// load.h: the images of a listing, decoded side by side into one array.
#ifndef SHOAL_DATASETS_IMAGE_LOAD_H_
#define SHOAL_DATASETS_IMAGE_LOAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "image.h"
#include "listing.h"
#include "shoal/context.h"

namespace [[gnu::visibility("hidden")]] images {

struct LoadOptions {
  std::optional<std::pair<std::size_t, std::size_t>> size = {};  ///< height, width; none: all must have one
  Filter filter = Filter::kArea;
  std::optional<std::size_t> channels = {};  ///< 1 or 3; none: all must have the same
  bool skip_broken = false;                  ///< leave out damaged files, instead of refusing the folder
};

/// Images (N, channels, height, width), as PyTorch has them.
struct Loaded {
  shoal::Index count = 0, channels = 0, height = 0, width = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;  ///< (N), or none
  std::vector<std::string> notes;    ///< what was left out or changed, for the log: a line each
};

/// Decodes all files of `listing`, on the pool; the result does not depend on the number of threads.
/// Memory   the array, and for each thread an image as its file has it.
/// Throws InputError  a file is missing or damaged, or has another size or number of channels than the first: it is
///                    named, with the reason; all are broken
///        Cancelled   the user stopped the run
Loaded load_images(const shoal::Context& context, const Listing& listing, const LoadOptions& options);

}  // namespace images

#endif  // SHOAL_DATASETS_IMAGE_LOAD_H_
