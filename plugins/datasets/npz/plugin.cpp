// dataset/npz: arrays of a .npz archive of NumPy.
#include "shoal/plugin.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load_once.h"
#include "mapped_file.h"
#include "npy_array.h"
#include "shoal/dataset.h"
#include "zip_archive.h"

namespace {

using shoal::Index;

struct Params {
  std::string path;
  std::optional<std::string> examples, labels;
  std::vector<std::string> class_names;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("path", &Params::path, "NPZ file, as numpy.savez or savez_compressed writes").path().required();
    schema.field(
        "examples", &Params::examples,
        "name of the array of examples, (N, …) float32, float64 or uint8; absent: the one of x, X, data, features "
        "and arr_0 that is there, or the only array");
    schema.field(
        "labels", &Params::labels,
        "name of the array of labels, (N) integers ≥ 0; absent: the one of y and labels that is there, if any; "
        "empty: there are none");
    schema.field("class_names", &Params::class_names, "names of the classes 0, 1, …; a label beyond them is an error");
  }
};

/// An array of the archive, and its numbers once they are wanted.
class NpzArray {
 public:
  NpzArray(const npz::ZipMember& member, const std::string& file)
      : member_(member),
        name_(shoal::text("'{}', array '{}'", file, array_name(member))),
        header_(read_header(member, shoal::text("{}', array '{}", file, array_name(member)))) {}

  static std::string array_name(const npz::ZipMember& member) { return member.name.substr(0, member.name.size() - 4); }

  const std::string& name() const { return name_; }
  const files::NpyHeader& header() const { return header_; }

  /// The first number. The first call unpacks and checks; who comes meanwhile waits.
  const char* data() const {
    once_([&] {
      if (member_.deflated) {
        unpacked_ = std::make_unique_for_overwrite<char[]>(member_.bytes);
        npz::unpack(member_, unpacked_.get(), name_);
      } else {
        npz::require_intact(member_, name_);
      }
    });
    return (member_.deflated ? unpacked_.get() : member_.packed.data()) + header_.data_at;
  }

 private:
  static files::NpyHeader read_header(const npz::ZipMember& member, const std::string& name) {
    constexpr std::size_t kLongestHeader = 1 << 16;  // NumPy itself takes none beyond 10000
    return files::read_npy_header(npz::unpack_start(member, kLongestHeader, "'" + name + "'"), member.bytes, name);
  }

  npz::ZipMember member_;
  std::string name_;
  files::NpyHeader header_;
  mutable files::LoadOnce once_;
  mutable std::unique_ptr<char[]> unpacked_;  // by once_
};

/// The archive's arrays, and which of them are meant.
class Archive {
 public:
  explicit Archive(const std::string& path) : file(path) {
    for (npz::ZipMember& member : npz::read_zip(file.bytes(), file.name()))
      if (member.name.ends_with(".npy")) members_.push_back(std::move(member));
    shoal::require(!members_.empty(), "'{}' holds no arrays, that is, no member NAME.npy", file.name());
  }

  std::unique_ptr<NpzArray> examples(const std::optional<std::string>& wanted) const {
    if (wanted) return named(*wanted, "examples");
    if (auto found = one_of({"x", "X", "data", "features", "arr_0"}, "examples")) return found;
    if (members_.size() == 1) return std::make_unique<NpzArray>(members_.front(), file.name());
    throw shoal::InputError(shoal::text(
        "'{}' has no array x, X, data, features or arr_0; 'examples' says which to take: {}", file.name(), list()));
  }

  /// None where there are none.
  std::unique_ptr<NpzArray> labels(const std::optional<std::string>& wanted) const {
    if (!wanted) return one_of({"y", "labels"}, "labels");
    return wanted->empty() ? nullptr : named(*wanted, "labels");
  }

  files::MappedFile file;

 private:
  std::unique_ptr<NpzArray> named(const std::string& wanted, std::string_view parameter) const {
    const npz::ZipMember* found = nullptr;
    for (const npz::ZipMember& member : members_) {
      if (NpzArray::array_name(member) != wanted) continue;
      shoal::require(found == nullptr, "'{}' has two arrays '{}'", file.name(), wanted);
      found = &member;
    }
    if (found == nullptr)
      throw shoal::InputError(
          shoal::text("'{}' has no array '{}' ('{}'); it holds {}", file.name(), wanted, parameter, list()));
    return std::make_unique<NpzArray>(*found, file.name());
  }

  std::unique_ptr<NpzArray> one_of(std::initializer_list<std::string_view> names, std::string_view parameter) const {
    std::string found;
    for (const std::string_view name : names) {
      if (std::ranges::find(members_, name, NpzArray::array_name) == members_.end()) continue;
      if (!found.empty())
        throw shoal::InputError(shoal::text("'{}' has both '{}' and '{}'; '{}' says which to take: {}", file.name(),
                                            found, name, parameter, list()));
      found = name;
    }
    return found.empty() ? nullptr : named(found, parameter);
  }

  /// "x_train (60000, 28, 28) |u1, …"
  std::string list() const {
    constexpr std::size_t kMost = 20;
    std::string out;
    for (std::size_t i = 0; i < std::min(members_.size(), kMost); ++i) {
      out += (i == 0 ? "'" : ", '") + NpzArray::array_name(members_[i]) + "'";
      try {
        const NpzArray array(members_[i], file.name());
        out += " " + shoal::to_string(array.header().shape) + " " + array.header().descr;
      } catch (const shoal::InputError&) {
        out += " (not to be read here)";
      }
    }
    return out + (members_.size() > kMost ? ", …" : "");
  }

  std::vector<npz::ZipMember> members_;
};

class Npz final : public shoal::Dataset, public shoal::DatasetView {
 public:
  explicit Npz(const Params& params) : params_(params) {}

  shoal::DatasetInfo open(shoal::Context&) override {
    if (archive_ != nullptr) return info_;
    auto archive = std::make_unique<Archive>(params_.path);
    examples_array_ = archive->examples(params_.examples);
    labels_array_ = archive->labels(params_.labels);
    examples_ = files::examples_of(examples_array_->header(), examples_array_->name());
    if (labels_array_ != nullptr)
      labels_ = files::labels_of(labels_array_->header(), labels_array_->name(), examples_.count,
                                 examples_array_->name(), params_.class_names.size());
    info_ = {.count = examples_.count,
             .shape = examples_.shape,
             .dtype = files::served_dtype(examples_.stored),
             .labelled = labels_array_ != nullptr,
             .class_names = params_.class_names};
    archive_ = std::move(archive);
    return info_;
  }

  void read(shoal::Context& context, std::span<const Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    require_ready();
    files::require_known(which, info_.count);
    if (examples) files::copy_examples(context, loaded_examples(), which, *examples);
    if (labels) files::copy_labels(loaded_labels(), which, *labels);
  }

  std::optional<shoal::ConstArray> view(shoal::Context&) const override {
    require_ready();
    return files::view_of(loaded_examples());
  }

 private:
  void require_ready() const {
    if (archive_ == nullptr) throw shoal::StateError("a dataset is used before it was opened");
    archive_->file.require_unchanged();
  }
  files::Examples loaded_examples() const {
    files::Examples out = examples_;
    out.first = examples_array_->data();
    return out;
  }
  files::Labels loaded_labels() const {
    files::Labels out = labels_;
    if (labels_array_ != nullptr) out.first = labels_array_->data();
    return out;
  }

  Params params_;
  shoal::DatasetInfo info_;
  std::unique_ptr<Archive> archive_;  // empty before open
  std::unique_ptr<NpzArray> examples_array_, labels_array_;
  files::Examples examples_;  // without the place of the first
  files::Labels labels_;
};

}  // namespace

SHOAL_PLUGIN("npz", "0.1.0", "NumPy's .npz archives: several arrays in a file") {
  plugin.add<Npz, Params>("dataset/npz");
}
