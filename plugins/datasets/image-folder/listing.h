// listing.h: the images of a folder, and the classes that its subfolders are.
#ifndef SHOAL_DATASETS_IMAGE_LISTING_H_
#define SHOAL_DATASETS_IMAGE_LISTING_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace [[gnu::visibility("hidden")]] images {

struct Listing {
  std::vector<std::filesystem::path> files;  ///< sorted by class, then by name
  std::vector<std::int64_t> labels;          ///< of each file; none where the folder is flat
  std::vector<std::string> class_names;      ///< sorted; none where the folder is flat
  std::int64_t others = 0;                   ///< files that end otherwise, which are left out
};

/// Lists the files whose names end in .png, .jpg or .jpeg, of any case. Where the folder has subfolders they are the
/// classes, and what is below them, at any depth, are their examples; else it is flat. What begins with a point does
/// not count; links to folders are not followed.
/// Throws InputError  no folder, or one that cannot be read; no images in it, or in a class; images both in the folder
///                    and in subfolders
Listing list_images(const std::filesystem::path& folder);

}  // namespace images

#endif  // SHOAL_DATASETS_IMAGE_LISTING_H_
