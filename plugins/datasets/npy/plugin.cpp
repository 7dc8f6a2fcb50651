// dataset/npy: examples from a .npy file, read where the kernel keeps its pages.
#include "shoal/plugin.h"

#include <memory>
#include <string>
#include <vector>

#include "mapped_file.h"
#include "npy_array.h"
#include "served_dataset.h"

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

class Npy final : public files::ServedDataset {
 public:
  explicit Npy(const Params& params) : params_(params) {}

 private:
  files::Served load(shoal::Context&) override {
    file_ = std::make_unique<NpyFile>(params_.path);
    files::Served out{.examples = files::examples_of(file_->header, file_->name()),
                      .class_names = params_.class_names,
                      .examples_file = &file_->file};
    out.examples.first = file_->data();
    if (params_.labels.empty()) return out;
    labels_file_ = std::make_unique<NpyFile>(params_.labels);
    out.labels = files::labels_of(labels_file_->header, labels_file_->name(), out.examples.count, file_->name(),
                                  params_.class_names.size());
    out.labels.first = labels_file_->data();
    out.labels_file = &labels_file_->file;
    return out;
  }

  Params params_;
  std::unique_ptr<NpyFile> file_, labels_file_;  // what is served; empty before open, and where there are no labels
};

}  // namespace

SHOAL_PLUGIN("npy", "0.1.0", "NumPy's .npy files, mapped: data larger than memory") {
  plugin.add<Npy, Params>("dataset/npy");
}
