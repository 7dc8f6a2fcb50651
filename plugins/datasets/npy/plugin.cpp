// dataset/npy: examples from a .npy file, read where the kernel keeps its pages.
#include "shoal/plugin.h"

#include <memory>
#include <string>
#include <vector>

#include "mapped_file.h"
#include "npy_array.h"
#include "shoal/dataset.h"

namespace {

struct Params {
  std::string path, labels;
  std::vector<std::string> class_names;

  static void describe(shoal::Schema<Params>& schema) {
    schema
        .field("path", &Params::path,
               "NPY file of the examples, (N, …) in C order: float32, float64 or uint8, little-endian")
        .path()
        .required();
    schema.field("labels", &Params::labels, "NPY file of their labels, (N) integers ≥ 0; empty: there are none").path();
    schema.field("class_names", &Params::class_names, "names of the classes 0, 1, …; a label beyond them is an error");
  }
};

/// A file and its header, which fit each other.
struct NpyFile {
  explicit NpyFile(const std::string& path) : file(path), header(files::read_npy_header(file.bytes(), file.name())) {}
  const char* data() const { return file.bytes().data() + header.data_at; }
  std::string name() const { return "'" + file.name() + "'"; }

  files::MappedFile file;
  files::NpyHeader header;
};

class Npy final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit Npy(const Params& params) : params_(params) {}

  shoal::DatasetInfo open(shoal::Context&) override {
    if (file_ != nullptr) return info_;
    auto file = std::make_unique<NpyFile>(params_.path);
    examples_ = files::examples_of(file->header, file->name());
    examples_.first = file->data();
    info_ = {.count = examples_.count,
             .shape = examples_.shape,
             .dtype = files::served_dtype(examples_.stored),
             .labelled = !params_.labels.empty(),
             .class_names = params_.class_names};
    if (info_.labelled) {
      labels_file_ = std::make_unique<NpyFile>(params_.labels);
      labels_ = files::labels_of(labels_file_->header, labels_file_->name(), info_.count, file->name(),
                                 params_.class_names.size());
      labels_.first = labels_file_->data();
    }
    file_ = std::move(file);
    return info_;
  }

  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    if (file_ == nullptr) throw shoal::StateError("a dataset is read before it was opened");
    files::require_known(which, info_.count);
    if (examples) {
      file_->file.require_unchanged();
      files::copy_examples(context, examples_, which, *examples);
    }
    if (labels) {
      if (labels_file_ != nullptr) labels_file_->file.require_unchanged();
      files::copy_labels(labels_, which, *labels);
    }
  }

  std::optional<shoal::ConstArray> view(shoal::Context&) const override {
    if (file_ == nullptr) throw shoal::StateError("a dataset is viewed before it was opened");
    file_->file.require_unchanged();
    return files::view_of(examples_);
  }

 private:
  Params params_;
  shoal::DatasetInfo info_;
  std::unique_ptr<NpyFile> file_, labels_file_;  // empty before open, and where there are no labels
  files::Examples examples_;                     // in file_
  files::Labels labels_;                         // in labels_file_
};

}  // namespace

SHOAL_PLUGIN("npy", "0.1.0", "NumPy's .npy files, mapped: data larger than memory") {
  plugin.add<Npy, Params>("dataset/npy");
}
