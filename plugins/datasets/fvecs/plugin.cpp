// dataset/fvecs: vectors of fvecs and bvecs files, seen where they lie.
#include "shoal/plugin.h"

#include <memory>
#include <string>
#include <vector>

#include "mapped_file.h"
#include "served_dataset.h"
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

class Fvecs final : public files::ServedDataset {
 public:
  explicit Fvecs(const Params& params) : params_(params) {}

 private:
  files::Served load(shoal::Context& context) override {
    file_ = std::make_unique<VecsFile>(context, params_.path);
    shoal::require(file_->kind != Kind::kInt,
                   "'{}' holds int32, as labels and ground truth do; examples are .fvecs or .bvecs",
                   file_->file.name());
    files::Served out{
        .examples = {.first = file_->file.bytes().data() + 4,
                     .count = file_->vectors.count,
                     .shape = {file_->vectors.dimension},
                     .stored = file_->kind == Kind::kFloat ? files::Stored::kFloat32 : files::Stored::kUInt8,
                     .step = file_->vectors.step},
        .class_names = params_.class_names,
        .examples_file = &file_->file};
    if (params_.labels.empty()) return out;
    labels_file_ = std::make_unique<VecsFile>(context, params_.labels);
    out.labels = labels_of(*labels_file_);
    out.labels_file = &labels_file_->file;
    return out;
  }

  files::Labels labels_of(const VecsFile& from) const {
    const std::string& name = from.file.name();
    shoal::require(from.kind != Kind::kFloat, "'{}' holds float32; labels are .ivecs or .bvecs", name);
    shoal::require(from.vectors.dimension == 1,
                   "'{}' has {} numbers in each vector, as ground truth for search has; labels have one", name,
                   from.vectors.dimension);
    shoal::require(from.vectors.count == file_->vectors.count, "'{}' has {} labels, but '{}' has {} examples", name,
                   from.vectors.count, file_->file.name(), file_->vectors.count);
    return {.first = from.file.bytes().data() + 4,
            .is_signed = from.kind == Kind::kInt,
            .bytes = fvecs::bytes_of(from.kind),
            .step = from.vectors.step,
            .name = "'" + name + "'",
            .classes = params_.class_names.size()};
  }

  Params params_;
  std::unique_ptr<VecsFile> file_, labels_file_;  // what is served; empty before open, and where there are no labels
};

}  // namespace

SHOAL_PLUGIN("fvecs", "0.1.0", "fvecs and bvecs, the files of vector search, mapped") {
  plugin.add<Fvecs, Params>("dataset/fvecs");
}
