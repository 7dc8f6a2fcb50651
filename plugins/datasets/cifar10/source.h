// source.h: where the records of CIFAR-10 come from: files, an archive, or the web.
#ifndef SHOAL_DATASETS_CIFAR_SOURCE_H_
#define SHOAL_DATASETS_CIFAR_SOURCE_H_

#include <string>
#include <vector>

#include "batches.h"

namespace [[gnu::visibility("hidden")]] cifar {

/// The dataset as it was published.
struct Published {
  std::string archive;            ///< its name
  std::string sha256;             ///< of the archive itself
  std::int64_t bytes;             ///< of the archive
  std::vector<std::string> urls;  ///< tried in order
  shoal::Index batch_records;     ///< in each file
};

struct SourceOptions {
  std::string split = "train";
  std::string path = {};  ///< folder of the files or of the archive, or the archive; empty: the data folders
  bool download = true;
};

/// Reads a split. What `path` names may be any files of the form. What is found elsewhere must be the published data:
/// an archive by its hash, files by their sizes, as no hash of theirs was published.
/// Throws InputError  there are no such files: each folder is named with what it lacks; or as read_batches
Records read_split(const shoal::Context& context, const Published& published, const SourceOptions& options);

}  // namespace cifar

#endif  // SHOAL_DATASETS_CIFAR_SOURCE_H_
