#include "shoal/plugin.h"

#include <memory>
#include <string>
#include <vector>

#include "idx_dataset.h"

namespace {

struct Params {
  std::string images, labels, dtype = "exact";
  double divide_by = 1;
  std::vector<std::string> class_names;

  static void describe(shoal::Schema<Params>& schema) {
    schema
        .field("images", &Params::images,
               "IDX file of the examples, gzip or plain, of rank 1 to 7; (N, H, W) are images (1, H, W)")
        .path()
        .required();
    schema.field("labels", &Params::labels, "IDX file of their labels, whole numbers of rank 1; empty: there are none")
        .path();
    schema
        .field("dtype", &Params::dtype,
               "of the examples; exact: the smallest of uint8, float32 and float64 that holds every number of the "
               "file's type")
        .one_of({"exact", "uint8", "float32", "float64"});
    schema
        .field("divide_by", &Params::divide_by,
               "every number is divided by it: 255 takes bytes to 0 … 1; not for uint8")
        .above(0);
    schema.field("class_names", &Params::class_names, "names of the classes 0, 1, …; a label beyond them is an error");
  }

  std::optional<shoal::DType> wanted_dtype() const {
    if (dtype == "uint8") return shoal::DType::kUInt8;
    if (dtype == "float32") return shoal::DType::kFloat32;
    if (dtype == "float64") return shoal::DType::kFloat64;
    return std::nullopt;
  }
};

class Idx final : public shoal::Dataset {
 public:
  explicit Idx(const Params& params) : params_(params) {}

  shoal::DatasetInfo open(shoal::Context&) override {
    if (data_ == nullptr) {
      idx::IdxDatasetOptions options{.examples = {params_.images},
                                     .dtype = params_.wanted_dtype(),
                                     .divide_by = params_.divide_by,
                                     .class_names = params_.class_names};
      if (!params_.labels.empty()) options.labels = idx::DataFile{params_.labels};
      data_ = std::make_unique<idx::IdxDataset>(options);
    }
    return data_->info();
  }

  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    if (data_ == nullptr) throw shoal::StateError("a dataset is read before it was opened");
    data_->read(context, which, examples, labels);
  }

 private:
  Params params_;
  std::unique_ptr<idx::IdxDataset> data_;  // empty before open
};

}  // namespace

SHOAL_PLUGIN("idx", "0.1.0", "any IDX files, the format of MNIST") { plugin.add<Idx, Params>("dataset/idx"); }
