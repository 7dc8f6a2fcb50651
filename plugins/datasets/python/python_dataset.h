// python_dataset.h: examples that a function of Python returns.
#ifndef SHOAL_PLUGINS_DATASETS_PYTHON_PYTHON_DATASET_H_
#define SHOAL_PLUGINS_DATASETS_PYTHON_PYTHON_DATASET_H_

#include "python_code.h"
#include "shoal/dataset.h"

struct DatasetParams : PythonCode {
  static void describe(shoal::Schema<DatasetParams>& schema);
};

/// The function is called by the first open, and what it returned is copied: examples (N, …) float32, float64 or uint8,
/// labels (N) of integers ≥ 0, names of classes.
///
/// Throws InputError   code that is not there, or arguments that it does not take or still needs
///        Unsupported  a package that is not installed, a python of another version
///        Error        what the code threw; examples or labels that are none
class PythonDataset final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit PythonDataset(const DatasetParams& params) : code_(params) {}

  shoal::DatasetInfo open(shoal::Context& context) override;
  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override;
  std::optional<shoal::ConstArray> view(shoal::Context& context) const override;

 private:
  void require_open() const;

  PythonCode code_;
  shoal::DatasetInfo info_;
  shoal::Array examples_, labels_;  // nothing before open; no labels: nothing
};

#endif  // SHOAL_PLUGINS_DATASETS_PYTHON_PYTHON_DATASET_H_
