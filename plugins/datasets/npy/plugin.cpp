// dataset/npy: examples from a .npy file, read where the kernel keeps its pages.
#include "shoal/plugin.h"

#include <bit>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "mapped_file.h"
#include "npy_header.h"
#include "shoal/dataset.h"

namespace {

using shoal::DType;
using shoal::Index;

static_assert(std::endian::native == std::endian::little, "numbers are used as they lie in the file");

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
  explicit NpyFile(const std::string& path) : file(path), header(npy::read_npy_header(file.bytes(), file.name())) {}
  const char* data() const { return file.bytes().data() + header.data_at; }

  npy::MappedFile file;
  npy::NpyHeader header;
};

DType example_dtype(const NpyFile& file) {
  const npy::NpyHeader& header = file.header;
  if (header.kind == 'f' && header.bytes == 4) return DType::kFloat32;
  if (header.kind == 'f' && header.bytes == 8) return DType::kFloat64;
  shoal::require(header.kind == 'u' && header.bytes == 1,
                 "'{}' holds numbers of type '{}'; examples are '<f4', '<f8' or '|u1', as of x.astype('<f4')",
                 file.file.name(), header.descr);
  return DType::kUInt8;
}

void require_examples(const NpyFile& file) {
  const shoal::Shape& shape = file.header.shape;
  shoal::require(shape.size() >= 2,
                 "'{}' has shape {}; examples are (N, …): x.reshape(-1, 1) are N examples of one number",
                 file.file.name(), shoal::to_string(shape));
  for (const Index size : shape)
    shoal::require(size >= 1, "'{}' has shape {}; every size of examples is at least 1", file.file.name(),
                   shoal::to_string(shape));
}

void require_labels(const NpyFile& file, const NpyFile& examples) {
  const std::string& name = file.file.name();
  const npy::NpyHeader& header = file.header;
  shoal::require(header.kind == 'i' || header.kind == 'u',
                 "'{}' holds numbers of type '{}'; labels are integers, as of y.astype('<i8')", name, header.descr);
  shoal::require(header.shape.size() == 1, "'{}' has shape {}; labels are (N), as of y.ravel()", name,
                 shoal::to_string(header.shape));
  shoal::require(header.shape[0] == examples.header.shape[0], "'{}' has {} labels, but '{}' has {} examples", name,
                 header.shape[0], examples.file.name(), examples.header.shape[0]);
}

/// Number `row` of a file of integers, in a type that holds it.
template <typename Use>
void use_integer(const NpyFile& file, Index row, Use&& use) {
  const auto as = [&]<typename Number>(Number number) {
    std::memcpy(&number, file.data() + row * file.header.bytes, sizeof(Number));
    use(number);
  };
  const bool is_signed = file.header.kind == 'i';
  switch (file.header.bytes) {
    case 1: return is_signed ? as(std::int8_t{}) : as(std::uint8_t{});
    case 2: return is_signed ? as(std::int16_t{}) : as(std::uint16_t{});
    case 4: return is_signed ? as(std::int32_t{}) : as(std::uint32_t{});
    default: return is_signed ? as(std::int64_t{}) : as(std::uint64_t{});
  }
}

constexpr Index kBlockRows = 1024;  // copied by one thread at a time

class Npy final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit Npy(const Params& params) : params_(params) {}

  shoal::DatasetInfo open(shoal::Context&) override {
    if (examples_ != nullptr) return info_;
    auto examples = std::make_unique<NpyFile>(params_.path);
    require_examples(*examples);
    const shoal::Shape& shape = examples->header.shape;
    info_ = {.count = shape[0],
             .shape = shoal::Shape(shape.begin() + 1, shape.end()),
             .dtype = example_dtype(*examples),
             .labelled = !params_.labels.empty(),
             .class_names = params_.class_names};
    if (info_.labelled) {
      labels_ = std::make_unique<NpyFile>(params_.labels);
      require_labels(*labels_, *examples);
    }
    examples_ = std::move(examples);
    return info_;
  }

  void read(shoal::Context& context, std::span<const Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    if (examples_ == nullptr) throw shoal::StateError("a dataset is read before it was opened");
    for (const Index i : which)
      shoal::require(i >= 0 && i < info_.count, "example {} of {} does not exist", i, info_.count);
    if (examples) copy_examples(context, which, *examples);
    if (labels) copy_labels(which, *labels);
  }

  std::optional<shoal::ConstArray> view(shoal::Context&) const override {
    if (examples_ == nullptr) throw shoal::StateError("a dataset is viewed before it was opened");
    examples_->file.require_unchanged();
    if (examples_->header.data_at % static_cast<std::size_t>(examples_->header.bytes) != 0) return std::nullopt;
    const auto all = [&](auto* first) { return shoal::ConstArray(first, examples_->header.shape); };
    switch (info_.dtype) {
      case DType::kFloat32: return all(reinterpret_cast<const float*>(examples_->data()));
      case DType::kFloat64: return all(reinterpret_cast<const double*>(examples_->data()));
      default: return all(reinterpret_cast<const std::uint8_t*>(examples_->data()));
    }
  }

 private:
  void copy_examples(shoal::Context& context, std::span<const Index> which, shoal::MutableArray to) const {
    examples_->file.require_unchanged();
    Index columns = 1;
    for (const Index size : info_.shape) columns *= size;
    const auto n = static_cast<Index>(which.size());
    shoal::require(to.rows() == n && to.cols() == columns && to.dtype() == info_.dtype,
                   "room for {} examples of {} {} numbers, got room for {} of {} {} numbers", n, columns,
                   name(info_.dtype), to.rows(), to.cols(), name(to.dtype()));
    const Index row_bytes = columns * examples_->header.bytes;
    const Index step = to.stride(0) * examples_->header.bytes;
    context.parallel_for(n, kBlockRows, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i)
        std::memcpy(static_cast<char*>(to.bytes()) + i * step,
                    examples_->data() + which[static_cast<std::size_t>(i)] * row_bytes,
                    static_cast<std::size_t>(row_bytes));
    });
  }

  void copy_labels(std::span<const Index> which, shoal::MutableArray to) const {
    shoal::require(labels_ != nullptr, "'{}' has no labels", examples_->file.name());
    const NpyFile& file = *labels_;
    file.file.require_unchanged();
    const std::span<std::int64_t> out = to.vector<std::int64_t>();
    shoal::require(out.size() == which.size(), "room for {} labels, got room for {}", which.size(), out.size());
    const std::size_t classes = params_.class_names.size();
    for (std::size_t i = 0; i < which.size(); ++i) {
      use_integer(file, which[i], [&](auto label) {
        shoal::require(std::in_range<std::int64_t>(label) && label >= 0,
                       "'{}' has label {} at row {}; labels are in [0, 2^63)", file.file.name(), label, which[i]);
        shoal::require(classes == 0 || std::cmp_less(label, classes),
                       "'{}' has label {} at row {}, but there are {} classes", file.file.name(), label, which[i],
                       classes);
        out[i] = static_cast<std::int64_t>(label);
      });
    }
  }

  Params params_;
  shoal::DatasetInfo info_;
  std::unique_ptr<NpyFile> examples_, labels_;  // empty before open, and where there are no labels
};

}  // namespace

SHOAL_PLUGIN("npy", "0.1.0", "NumPy's .npy files, mapped: data larger than memory") {
  plugin.add<Npy, Params>("dataset/npy");
}
