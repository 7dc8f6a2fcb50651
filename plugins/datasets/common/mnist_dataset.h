// mnist_dataset.h: datasets published as MNIST is: four IDX files, 28 × 28 bytes and ten classes.
#ifndef SHOAL_DATASETS_MNIST_DATASET_H_
#define SHOAL_DATASETS_MNIST_DATASET_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "download.h"
#include "idx_dataset.h"
#include "shoal/dataset.h"

namespace [[gnu::visibility("hidden")]] idx {

/// One part of a published dataset: its files' names without ".gz", and the SHA-256 of what they unpack to.
struct MnistSplit {
  std::string images, images_sha256;
  std::string labels, labels_sha256;
};

/// A dataset as it was published.
struct MnistSource {
  std::string name;  ///< "mnist": also the folder's name
  MnistSplit train, test;
  std::vector<std::string> mirrors;  ///< each ends in '/', and has NAME.gz for every file
  std::vector<std::string> class_names;
};

struct MnistParams {
  std::string split = "train";
  std::string path = {};
  std::string dtype = "uint8";
  bool download = true;

  static void describe(shoal::Schema<MnistParams>& schema) {
    schema.field("split", &MnistParams::split, "which part: train or test").one_of({"train", "test"});
    schema.field("dtype", &MnistParams::dtype, "uint8: the bytes 0 … 255; float32 and float64: those divided by 255")
        .one_of({"uint8", "float32", "float64"});
    schema
        .field("path", &MnistParams::path,
               "folder of the files; empty: looked for in the data folders. Files named here may be "
               "others of the same form, those found are checked to be the published ones")
        .path();
    schema.field("download", &MnistParams::download, "fetch the files into the user's cache where no folder has them")
        .speed_only();
  }
};

/// Images (1, 28, 28), or whatever the files of `path` hold, with labels.
///
/// Files come from `path` alone where it is given; else from the first of Context::data_folders() and the user's cache
/// that has them as FOLDER/name/FILE[.gz] or FOLDER/FILE[.gz]; else they are downloaded into the cache.
/// Files that were found are the published ones or an error: their contents are hashed when they are loaded.
class MnistDataset : public shoal::Dataset {
 public:
  MnistDataset(MnistSource source, const MnistParams& params) : source_(std::move(source)), params_(params) {}

  shoal::DatasetInfo open(shoal::Context& context) override;
  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override;

 private:
  std::vector<std::filesystem::path> find(const shoal::Context& context, const MnistSplit& split) const;
  std::vector<std::filesystem::path> fetch(const shoal::Context& context, const MnistSplit& split,
                                           const std::string& looked_in) const;

  MnistSource source_;
  MnistParams params_;
  std::unique_ptr<IdxDataset> data_;  // empty before open
};

}  // namespace idx

#endif  // SHOAL_DATASETS_MNIST_DATASET_H_
