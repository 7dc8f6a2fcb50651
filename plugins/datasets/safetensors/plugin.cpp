// dataset/safetensors: tensors of a safetensors file, read where the kernel keeps its pages.
#include "shoal/plugin.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapped_file.h"
#include "served_dataset.h"
#include "tensors.h"

namespace {

using files::Stored;
using shoal::Index;

struct Params {
  std::string path;
  std::optional<std::string> examples, labels;
  std::vector<std::string> class_names;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("path", &Params::path, "safetensors file").path().required();
    schema.field(
        "examples", &Params::examples,
        "name of the tensor of examples, (N, …) F32, F64, U8, or F16 and BF16, which become float32; absent: the one "
        "of x, X, data, features and embeddings that is there, or the only tensor");
    schema.field(
        "labels", &Params::labels,
        "name of the tensor of labels, (N) integers ≥ 0; absent: the one of y and labels that is there, if any; "
        "empty: there are none");
    schema.field("class_names", &Params::class_names, "names of the classes 0, 1, …; a label beyond them is an error");
  }
};

/// The tensors of a file, and which of them are meant.
class Tensors {
 public:
  explicit Tensors(const std::string& path) : file(path), all_(safetensors::read_tensors(file.bytes(), file.name())) {
    shoal::require(!all_.empty(), "'{}' holds no tensors", file.name());
  }

  const safetensors::Tensor& examples(const std::optional<std::string>& wanted) const {
    if (wanted) return named(*wanted, "examples");
    if (const auto* found = one_of({"x", "X", "data", "features", "embeddings"}, "examples")) return *found;
    if (all_.size() == 1) return all_.front();
    throw shoal::InputError(
        shoal::text("'{}' has no tensor x, X, data, features or embeddings; 'examples' says which to take: {}",
                    file.name(), list()));
  }
  /// Null where there are none.
  const safetensors::Tensor* labels(const std::optional<std::string>& wanted) const {
    if (!wanted) return one_of({"y", "labels"}, "labels");
    return wanted->empty() ? nullptr : &named(*wanted, "labels");
  }
  std::string name(const safetensors::Tensor& tensor) const {
    return shoal::text("'{}', tensor '{}'", file.name(), tensor.name);
  }

  files::MappedFile file;

 private:
  const safetensors::Tensor* find(std::string_view wanted) const {
    const auto found = std::ranges::find(all_, wanted, &safetensors::Tensor::name);
    return found == all_.end() ? nullptr : &*found;
  }
  const safetensors::Tensor& named(const std::string& wanted, std::string_view parameter) const {
    if (const auto* found = find(wanted)) return *found;
    throw shoal::InputError(
        shoal::text("'{}' has no tensor '{}' ('{}'); it holds {}", file.name(), wanted, parameter, list()));
  }
  const safetensors::Tensor* one_of(std::initializer_list<std::string_view> names, std::string_view parameter) const {
    const safetensors::Tensor* found = nullptr;
    for (const std::string_view name : names) {
      const auto* other = find(name);
      if (other != nullptr && found != nullptr)
        throw shoal::InputError(shoal::text("'{}' has both '{}' and '{}'; '{}' says which to take: {}", file.name(),
                                            found->name, name, parameter, list()));
      if (other != nullptr) found = other;
    }
    return found;
  }
  std::string list() const {
    constexpr std::size_t kMost = 20;
    std::string out;
    for (std::size_t i = 0; i < std::min(all_.size(), kMost); ++i)
      out += (i == 0 ? "'" : ", '") + all_[i].name + "' " + shoal::to_string(all_[i].shape) + " " + all_[i].dtype;
    return out + (all_.size() > kMost ? ", …" : "");
  }

  std::vector<safetensors::Tensor> all_;  // in file
};

Stored stored_as(const std::string& dtype, const std::string& name) {
  if (dtype == "F32") return Stored::kFloat32;
  if (dtype == "F64") return Stored::kFloat64;
  if (dtype == "F16") return Stored::kFloat16;
  if (dtype == "BF16") return Stored::kBFloat16;
  shoal::require(dtype == "U8", "{} holds numbers of type '{}'; examples are F32, F64, F16, BF16 or U8", name, dtype);
  return Stored::kUInt8;
}

files::Examples examples_of(const safetensors::Tensor& tensor, const std::string& name) {
  shoal::require(tensor.shape.size() >= 2 && tensor.shape.size() <= shoal::detail::kMaxRank,
                 "{} has shape {}; examples are (N, …), of rank 2 to {}", name, shoal::to_string(tensor.shape),
                 shoal::detail::kMaxRank);
  for (const Index size : tensor.shape)
    shoal::require(size >= 1, "{} has shape {}; every size of examples is at least 1", name,
                   shoal::to_string(tensor.shape));
  files::Examples out{.first = tensor.bytes.data(),
                      .count = tensor.shape[0],
                      .shape = shoal::Shape(tensor.shape.begin() + 1, tensor.shape.end()),
                      .stored = stored_as(tensor.dtype, name)};
  out.step = out.columns() * files::bytes_of(out.stored);
  return out;
}

files::Labels labels_of(const safetensors::Tensor& tensor, const std::string& name, Index examples,
                        std::size_t classes) {
  const std::string& dtype = tensor.dtype;
  shoal::require(dtype[0] == 'I' || dtype[0] == 'U',
                 "{} holds numbers of type '{}'; labels are integers, I8 to I64 or U8 to U64", name, dtype);
  shoal::require(tensor.shape.size() == 1, "{} has shape {}; labels are (N)", name, shoal::to_string(tensor.shape));
  shoal::require(tensor.shape[0] == examples, "{} has {} labels, but there are {} examples", name, tensor.shape[0],
                 examples);
  const Index bytes = static_cast<Index>(tensor.bytes.size()) / examples;
  return {.first = tensor.bytes.data(),
          .is_signed = dtype[0] == 'I',
          .bytes = bytes,
          .step = bytes,
          .name = name,
          .classes = classes};
}

class Safetensors final : public files::ServedDataset {
 public:
  explicit Safetensors(const Params& params) : params_(params) {}

 private:
  files::Served load(shoal::Context& context) override {
    tensors_ = std::make_unique<Tensors>(params_.path);
    const safetensors::Tensor& x = tensors_->examples(params_.examples);
    const safetensors::Tensor* y = tensors_->labels(params_.labels);
    files::Served out{.examples = examples_of(x, tensors_->name(x)),
                      .class_names = params_.class_names,
                      .examples_file = &tensors_->file,
                      .labels_file = &tensors_->file};
    if (y != nullptr) out.labels = labels_of(*y, tensors_->name(*y), out.examples.count, params_.class_names.size());
    if (files::bytes_of(out.examples.stored) == 2)
      context.log(shoal::Level::kInfo, "{} holds {}, which is served as float32", tensors_->name(x), x.dtype);
    return out;
  }

  Params params_;
  std::unique_ptr<Tensors> tensors_;  // what is served; empty before open
};

}  // namespace

SHOAL_PLUGIN("safetensors", "0.1.0", "tensors of a safetensors file, mapped") {
  plugin.add<Safetensors, Params>("dataset/safetensors");
}
