// idx_dataset.h: examples of one IDX file with the labels of another, what the datasets over such files share.
#ifndef SHOAL_DATASETS_IDX_DATASET_H_
#define SHOAL_DATASETS_IDX_DATASET_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "idx_file.h"
#include "shoal/dataset.h"

namespace [[gnu::visibility("hidden")]] idx {

/// A file, and what its unpacked bytes must hash to; without a hash, any will do.
struct DataFile {
  std::filesystem::path path;
  std::string sha256 = {};
};

struct IdxDatasetOptions {
  DataFile examples;
  std::optional<DataFile> labels = {};
  std::optional<shoal::DType> dtype =
      {};                ///< none: the smallest of uint8, float32, float64 that holds every number exactly
  double divide_by = 1;  ///< every number is divided by it; a uint8 dataset wants 1
  std::vector<std::string> class_names = {};
};

/// Examples (N, …) of an IDX file of rank 1 to 7: sizes (N, H, W) are images (1, H, W), others keep theirs, (N) is one
/// number each. Labels are whole numbers ≥ 0, below the number of class names where there are any.
///
/// Memory   both files are loaded whole by the first read and kept: bytes as bytes, other types as the dataset's dtype.
/// Threads  read may run on several threads at once; one of them loads, the others wait.
class IdxDataset {
 public:
  /// Reads headers. Throws InputError: see read_idx_header; and where the counts of examples and labels differ, or
  /// the options do not fit the type of the file.
  explicit IdxDataset(const IdxDatasetOptions& options);
  ~IdxDataset();

  const shoal::DatasetInfo& info() const { return info_; }

  /// As shoal::Dataset::read. The first call also throws InputError for damage, for a wrong hash, for a NaN or an
  /// infinity, and for a label that is out of range.
  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const;

 private:
  struct Loaded;
  const Loaded& loaded() const;
  void load(Loaded& out) const;

  IdxDatasetOptions options_;
  IdxHeader examples_header_, labels_header_;
  shoal::DatasetInfo info_;
  std::unique_ptr<Loaded> loaded_;  // filled once, by the first read
};

}  // namespace idx

#endif  // SHOAL_DATASETS_IDX_DATASET_H_
