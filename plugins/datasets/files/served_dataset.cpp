#include "served_dataset.h"

#include "shoal/error.h"

namespace files {

shoal::DatasetInfo ServedDataset::open(shoal::Context& context) {
  if (!served_) served_ = load(context);
  return {.count = served_->examples.count,
          .shape = served_->examples.shape,
          .dtype = served_dtype(served_->examples.stored),
          .labelled = served_->labels.first != nullptr,
          .class_names = served_->class_names};
}

void ServedDataset::read(shoal::Context& context, std::span<const shoal::Index> which,
                         std::optional<shoal::MutableArray> examples, std::optional<shoal::MutableArray> labels) const {
  const Served& served = opened();
  require_known(which, served.examples.count);
  if (examples) {
    if (served.examples_file != nullptr) served.examples_file->require_unchanged();
    copy_examples(context, served.examples, which, *examples);
  }
  if (labels) {
    if (served.labels_file != nullptr) served.labels_file->require_unchanged();
    copy_labels(served.labels, which, *labels);
  }
}

std::optional<shoal::ConstArray> ServedDataset::view(shoal::Context&) const {
  const Served& served = opened();
  if (served.examples_file != nullptr) served.examples_file->require_unchanged();
  return view_of(served.examples);
}

const Served& ServedDataset::opened() const {
  if (!served_) throw shoal::StateError("a dataset is used before it was opened");
  return *served_;
}

}  // namespace files
