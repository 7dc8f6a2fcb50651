// dataset/fvecs: vectors of fvecs and bvecs files, seen where they lie.
#include "shoal/plugin.h"

#include <memory>
#include <string>
#include <vector>

#include "mapped_file.h"
#include "served.h"
#include "shoal/dataset.h"
#include "vecs_file.h"

namespace {

using fvecs::Kind;

struct Params {
  std::string path, labels;
  std::vector<std::string> class_names;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("path", &Params::path, "file of the examples: .fvecs (float32) or .bvecs (uint8)").path().required();
    schema
        .field("labels", &Params::labels,
               "file of their labels: .ivecs or .bvecs with one number ≥ 0 in each vector; empty: there are none")
        .path();
    schema.field("class_names", &Params::class_names, "names of the classes 0, 1, …; a label beyond them is an error");
  }
};

/// A file and what it holds.
struct VecsFile {
  VecsFile(const shoal::Context& context, const std::string& path)
      : kind(fvecs::kind_of(path)),
        file(path),
        vectors(fvecs::read_vectors(context, file.bytes(), kind, file.name())) {}

  Kind kind;
  files::MappedFile file;
  fvecs::Vectors vectors;
};

class Fvecs final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit Fvecs(const Params& params) : params_(params) {}

  shoal::DatasetInfo open(shoal::Context& context) override {
    if (file_ != nullptr) return info_;
    auto file = std::make_unique<VecsFile>(context, params_.path);
    shoal::require(file->kind != Kind::kInt,
                   "'{}' holds int32, as labels and ground truth do; examples are .fvecs or .bvecs", file->file.name());
    examples_ = {.first = file->file.bytes().data() + 4,
                 .count = file->vectors.count,
                 .shape = {file->vectors.dimension},
                 .stored = file->kind == Kind::kFloat ? files::Stored::kFloat32 : files::Stored::kUInt8,
                 .step = file->vectors.step};
    if (!params_.labels.empty()) open_labels(context, file->file.name());
    info_ = {.count = examples_.count,
             .shape = examples_.shape,
             .dtype = files::served_dtype(examples_.stored),
             .labelled = labels_file_ != nullptr,
             .class_names = params_.class_names};
    file_ = std::move(file);
    return info_;
  }

  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    require_open();
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
    require_open();
    file_->file.require_unchanged();
    return files::view_of(examples_);
  }

 private:
  void require_open() const {
    if (file_ == nullptr) throw shoal::StateError("a dataset is used before it was opened");
  }
  void open_labels(const shoal::Context& context, const std::string& examples_name) {
    auto file = std::make_unique<VecsFile>(context, params_.labels);
    const std::string& name = file->file.name();
    shoal::require(file->kind != Kind::kFloat, "'{}' holds float32; labels are .ivecs or .bvecs", name);
    shoal::require(file->vectors.dimension == 1,
                   "'{}' has {} numbers in each vector, as ground truth for search has; labels have one", name,
                   file->vectors.dimension);
    shoal::require(file->vectors.count == examples_.count, "'{}' has {} labels, but '{}' has {} examples", name,
                   file->vectors.count, examples_name, examples_.count);
    labels_ = {.first = file->file.bytes().data() + 4,
               .is_signed = file->kind == Kind::kInt,
               .bytes = fvecs::bytes_of(file->kind),
               .step = file->vectors.step,
               .name = "'" + name + "'",
               .classes = params_.class_names.size()};
    labels_file_ = std::move(file);
  }

  Params params_;
  shoal::DatasetInfo info_;
  std::unique_ptr<VecsFile> file_, labels_file_;  // empty before open, and where there are no labels
  files::Examples examples_;                      // in file_
  files::Labels labels_;                          // in labels_file_
};

}  // namespace

SHOAL_PLUGIN("fvecs", "0.1.0", "fvecs and bvecs, the files of vector search, mapped") {
  plugin.add<Fvecs, Params>("dataset/fvecs");
}
