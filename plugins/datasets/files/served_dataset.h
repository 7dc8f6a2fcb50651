// served_dataset.h: a dataset whose examples and labels lie in memory once it is open.
#ifndef SHOAL_DATASETS_SERVED_DATASET_H_
#define SHOAL_DATASETS_SERVED_DATASET_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mapped_file.h"
#include "served.h"
#include "shoal/dataset.h"

namespace [[gnu::visibility("hidden")]] files {

/// What a dataset gives out. Nothing but the names is owned.
struct Served {
  Examples examples = {};
  Labels labels = {};
  std::vector<std::string> class_names = {};
  const MappedFile* examples_file = nullptr;  ///< that the examples are seen in: it must stay as it was; null: none
  const MappedFile* labels_file = nullptr;    ///< the same of the labels
};

/// Reads and shows what `load` has put into memory or mapped. A dataset of this kind writes `load` alone, and owns
/// what that refers to.
class ServedDataset : public shoal::Dataset, public shoal::DatasetView {
 public:
  /// Loads the first time it is called, and again after a time that threw.
  shoal::DatasetInfo open(shoal::Context& context) final;
  /// Throws StateError  before open
  ///        InputError  a file was changed since it was opened, or what copy_examples and copy_labels refuse
  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const final;
  /// Throws as read does.
  std::optional<shoal::ConstArray> view(shoal::Context& context) const final;

 private:
  /// Brings everything into memory, or maps it; it stays there as long as this object.
  virtual Served load(shoal::Context& context) = 0;

  const Served& opened() const;

  std::optional<Served> served_;  // none before open
};

}  // namespace files

#endif  // SHOAL_DATASETS_SERVED_DATASET_H_
