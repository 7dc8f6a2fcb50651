// dataset/cifar10: photographs of ten kinds of things, from CIFAR-10's binary version.
#include "shoal/plugin.h"

#include <optional>
#include <string>

#include "batches.h"
#include "served.h"
#include "shoal/dataset.h"
#include "shoal/matrix.h"
#include "source.h"

namespace {

using shoal::DType;
using shoal::Index;

// The hash is of the archive as its author publishes it.
cifar::Published published() {
  return {.archive = "cifar-10-binary.tar.gz",
          .sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
          .bytes = 170052171,
          .urls = {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"},
          .batch_records = 10000};
}

struct Params {
  std::string split = "train", path, dtype = "uint8";
  bool download = true;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("split", &Params::split, "which part: train or test").one_of({"train", "test"});
    schema.field("dtype", &Params::dtype, "uint8: the bytes 0 … 255; float32 and float64: those divided by 255")
        .one_of({"uint8", "float32", "float64"});
    schema
        .field(
            "path", &Params::path,
            "cifar-10-binary.tar.gz, or the folder of it or of data_batch_1.bin … test_batch.bin; empty: looked for in "
            "the data folders. Files named here may be others of the same form, those found are checked")
        .path();
    schema.field("download", &Params::download, "fetch the archive into the user's cache where no folder has it")
        .speed_only();
  }

  DType example_dtype() const {
    if (dtype == "uint8") return DType::kUInt8;
    return dtype == "float32" ? DType::kFloat32 : DType::kFloat64;
  }
};

class Cifar10 final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit Cifar10(const Params& params) : params_(params) {}

  // Reads it whole: how many there are in an archive is known only then.
  shoal::DatasetInfo open(shoal::Context& context) override {
    if (!records_.empty()) return info_;
    records_ = cifar::read_split(context, published(),
                                 {.split = params_.split, .path = params_.path, .download = params_.download});
    const auto* first = reinterpret_cast<const char*>(records_.data());
    const Index count = static_cast<Index>(records_.size()) / cifar::kRecordBytes;
    examples_ = {.first = first + 1, .count = count, .shape = {3, 32, 32}, .step = cifar::kRecordBytes};
    labels_ = {.first = first, .is_signed = false, .bytes = 1, .step = cifar::kRecordBytes, .classes = cifar::kClasses};
    info_ = {.count = count,
             .shape = examples_.shape,
             .dtype = params_.example_dtype(),
             .labelled = true,
             .class_names = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}};
    return info_;
  }

  void read(shoal::Context& context, std::span<const Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    require_open();
    files::require_known(which, info_.count);
    if (examples && info_.dtype == DType::kUInt8) files::copy_examples(context, examples_, which, *examples);
    if (examples && info_.dtype == DType::kFloat32) copy_divided<float>(context, which, *examples);
    if (examples && info_.dtype == DType::kFloat64) copy_divided<double>(context, which, *examples);
    if (labels) files::copy_labels(labels_, which, *labels);
  }

  std::optional<shoal::ConstArray> view(shoal::Context&) const override {
    require_open();
    return info_.dtype == DType::kUInt8 ? files::view_of(examples_) : std::nullopt;
  }

 private:
  void require_open() const {
    if (records_.empty()) throw shoal::StateError("a dataset is used before it was opened");
  }

  template <typename Scalar>
  void copy_divided(const shoal::Context& context, std::span<const Index> which, const shoal::MutableArray& to) const {
    shoal::require(to.rows() == static_cast<Index>(which.size()) && to.cols() == cifar::kImageBytes,
                   "room for {} examples of {} numbers, got room for {} of {}", which.size(), cifar::kImageBytes,
                   to.rows(), to.cols());
    auto rows = to.matrix<Scalar>();
    constexpr Index kBlockRows = 256;
    context.parallel_for(rows.rows(), kBlockRows, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        const std::uint8_t* from = records_.data() + which[static_cast<std::size_t>(i)] * cifar::kRecordBytes + 1;
        for (Index j = 0; j < cifar::kImageBytes; ++j) rows(i, j) = static_cast<Scalar>(from[j]) / Scalar(255);
      }
    });
  }

  Params params_;
  shoal::DatasetInfo info_;
  cifar::Records records_;    // empty before open
  files::Examples examples_;  // in records_
  files::Labels labels_;      // in records_
};

}  // namespace

SHOAL_PLUGIN("cifar10", "0.1.0", "CIFAR-10: 60000 photographs, 32 × 32 in colour, ten classes") {
  plugin.add<Cifar10, Params>("dataset/cifar10");
}
