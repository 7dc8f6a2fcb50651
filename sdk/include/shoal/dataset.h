// shoal/dataset.h: the kind "dataset". Portable: no LibTorch behind it.
#ifndef SHOAL_DATASET_H_
#define SHOAL_DATASET_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shoal/component.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// What is known of a dataset from its headers.
struct DatasetInfo {
  Index count = 0;                            ///< N, examples
  Shape shape = {};                           ///< of one example: (1, 28, 28) an image, (D) a vector of features
  DType dtype = DType::kFloat32;              ///< uint8 (bytes 0 … 255), float32 or float64
  bool labelled = false;                      ///< whether examples have labels
  std::vector<std::string> class_names = {};  ///< C names, or none; labels are in [0, C)
};

/// N examples with optional labels, read by number.
///
/// Order    open first; read then as often as wanted.
/// Threads  read may run on several threads at once.
/// Purity   the same numbers give the same examples, always; a dataset never shuffles.
class Dataset : public Component {
 public:
  static constexpr const char* kKind = "dataset";

  /// Looks at headers, reads no data. May be called again.
  /// Throws InputError  a file is missing, truncated or lies about its size: the file and both numbers are named
  virtual DatasetInfo open(Context& context) = 0;

  /// Copies the examples numbered `which` (n numbers in [0, N)) to `examples` (n, shape…) in the dataset's dtype, and
  /// their labels to `labels` (n) int64; either may be left out. `labels` only where there are labels.
  virtual void read(Context& context, std::span<const Index> which, std::optional<MutableArray> examples,
                    std::optional<MutableArray> labels) const = 0;

  using Interfaces = InterfaceList<Dataset, TakesInputs>;
};

/// A dataset behind a C table.
class DatasetProxy final : public Dataset {
 public:
  explicit DatasetProxy(Object object) : object_(object), table_(object.get<shoal_dataset_1>("dataset/1")) {}

  DatasetInfo open(Context& context) override {
    shoal_dataset_info info{};
    info.size = sizeof(info);
    detail::check_status(context.c_context(), table_->open(object_.self(), context.c_context(), &info));
    require(info.count >= 0 && info.rank >= 1 && info.rank < detail::kMaxRank,
            "{} describes itself wrongly: {} examples of rank {}", object_.id(), info.count, info.rank);
    info_ = {.count = info.count,
             .shape = Shape(info.shape, info.shape + info.rank),
             .dtype = detail::dtype_from(info.code, info.bits),
             .labelled = info.labelled != 0};
    for (const char* const* name = info.class_names; name != nullptr && *name != nullptr; ++name)
      info_.class_names.emplace_back(*name);
    return info_;
  }

  /// What the last open said.
  const DatasetInfo& info() const { return info_; }

  void read(Context& context, std::span<const Index> which, std::optional<MutableArray> examples,
            std::optional<MutableArray> labels) const override {
    for (const Index i : which) require(i >= 0 && i < info_.count, "example {} of {} does not exist", i, info_.count);
    const shoal_array x = examples ? examples->c_array() : shoal_array{};
    const shoal_array y = labels ? labels->c_array() : shoal_array{};
    detail::check_status(context.c_context(),
                         table_->read(object_.self(), context.c_context(), static_cast<Index>(which.size()),
                                      which.data(), examples ? &x : nullptr, labels ? &y : nullptr));
  }

  /// All labels (N) int64. Throws InputError where there are none.
  Array labels(Context& context) const {
    require(info_.labelled, "{} has no labels", object_.id());
    Array out = context.allocate<std::int64_t>({info_.count});
    read_all(context, {}, out.mutable_view());
    return out;
  }
  /// All examples (N, shape…) in the dataset's dtype.
  Array examples(Context& context) const {
    Shape shape = info_.shape;
    shape.insert(shape.begin(), info_.count);
    Array out = context.allocate(info_.dtype, shape);
    read_all(context, out.mutable_view(), {});
    return out;
  }

 private:
  void read_all(Context& context, std::optional<MutableArray> examples, std::optional<MutableArray> labels) const {
    std::vector<Index> all(static_cast<std::size_t>(info_.count));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Index>(i);
    read(context, all, examples, labels);
  }

  Object object_;
  const shoal_dataset_1* table_;
  DatasetInfo info_;
};

namespace detail {

template <>
struct Bridge<Dataset> {
  static constexpr const char* kId = "dataset/1";
  template <typename T>
  static const shoal_dataset_1* table() {
    static constexpr shoal_dataset_1 table = {sizeof(shoal_dataset_1), &open<T>, &read<T>};
    return &table;
  }

 private:
  template <typename T>
  static int open(void* self, const shoal_context* context, shoal_dataset_info* out) {
    return guarded(context, [&] {
      Context c(context);
      const DatasetInfo info = static_cast<T*>(self)->open(c);
      require(info.shape.size() < kMaxRank, "examples of rank {}; at most 7 is known here", info.shape.size());
      out->rank = static_cast<std::int32_t>(info.shape.size());
      std::tie(out->code, out->bits) = code_and_bits(info.dtype);
      out->count = info.count;
      std::copy(info.shape.begin(), info.shape.end(), out->shape);
      out->labelled = info.labelled ? 1 : 0;
      out->class_names = info.class_names.empty() ? nullptr : keep_names(info.class_names);
    });
  }
  /// The names as a C array that lives as long as the process: tables of the same names share one.
  static const char* const* keep_names(const std::vector<std::string>& names) {
    static std::mutex mutex;
    static auto& kept = *new std::map<std::vector<std::string>, std::vector<const char*>>;
    const std::lock_guard lock(mutex);
    const auto [entry, added] = kept.try_emplace(names);
    if (added) {
      for (const std::string& name : entry->first) entry->second.push_back(name.c_str());
      entry->second.push_back(nullptr);
    }
    return entry->second.data();
  }
  template <typename T>
  static int read(const void* self, const shoal_context* context, std::int64_t n, const std::int64_t* which,
                  const shoal_array* examples, const shoal_array* labels) {
    return guarded(context, [&] {
      Context c(context);
      static_cast<const T*>(self)->read(c, {which, static_cast<std::size_t>(n)},
                                        examples != nullptr ? std::optional(MutableArray(*examples)) : std::nullopt,
                                        labels != nullptr ? std::optional(MutableArray(*labels)) : std::nullopt);
    });
  }
};

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_DATASET_H_
