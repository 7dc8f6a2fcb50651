// shoal/dataset.h: the kind "dataset". Portable: no LibTorch behind it.
#ifndef SHOAL_DATASET_H_
#define SHOAL_DATASET_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

  using Interfaces = InterfaceList<Dataset, class DatasetView, TakesInputs>;
};

/// A dataset whose examples lie in memory anyway, in a mapped file say. Who wants all of them then looks at them there
/// instead of reading them into memory of the host. Deriving from this *is* the trait `dataset-view`.
class DatasetView {
 public:
  virtual ~DatasetView() = default;
  /// All examples (N, shape…) in the dataset's dtype, as read would copy them; rows may be strided, the numbers of one
  /// example lie together, each at a multiple of its size. Valid and unchanged as long as the dataset, and not to be
  /// written to: the memory may be read-only. None where this one has no such array after all; it is then read.
  ///
  /// Order    after open.
  /// Threads  may run on several threads at once.
  virtual std::optional<ConstArray> view(Context& context) const = 0;
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

  /// All examples (N, shape…) where they lie, valid as long as the component; none where it does not offer that.
  std::optional<ConstArray> view(Context& context) const {
    const auto* table = object_.find<shoal_dataset_view_1>("dataset-view/1");
    if (table == nullptr) return std::nullopt;
    shoal_dataset_view out{};
    out.size = sizeof(out);
    detail::check_status(context.c_context(), table->view(object_.self(), context.c_context(), &out));
    if (out.data == nullptr) return std::nullopt;
    const Shape shape = whole_shape();
    const bool fits = std::pair(out.code, out.bits) == detail::code_and_bits(info_.dtype) &&
                      std::cmp_equal(out.rank, shape.size()) && shape == Shape(out.shape, out.shape + out.rank);
    if (!fits) throw_broken_view("its view is not of the shape and dtype that it said when it was opened");
    const ConstArray all(shoal_array{const_cast<void*>(out.data), 1, 0, out.rank, static_cast<std::uint8_t>(out.code),
                                     static_cast<std::uint8_t>(out.bits), 1, out.shape, out.strides, 0});
    if (info_.count > 0 && !all.slice(0, 1).contiguous()) throw_broken_view("the numbers of an example lie apart");
    return all;
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
    Array out = context.allocate(info_.dtype, whole_shape());
    read_all(context, out.mutable_view(), {});
    return out;
  }

 private:
  Shape whole_shape() const {
    Shape shape = info_.shape;
    shape.insert(shape.begin(), info_.count);
    return shape;
  }
  [[noreturn]] void throw_broken_view(std::string_view what) const {
    throw Error(SHOAL_E_FAILED, text("{} broke its contract: {}", object_.id(), what));
  }

  // In pieces, since the numbers of all rows may take more memory than the rows themselves.
  void read_all(Context& context, std::optional<MutableArray> examples, std::optional<MutableArray> labels) const {
    constexpr Index kPiece = 1 << 16;
    std::vector<Index> which;
    Index from = 0;
    do {  // once even for no examples: a dataset that was not opened then says so
      const Index to = info_.count - from < kPiece ? info_.count : from + kPiece;
      which.clear();
      for (Index i = from; i < to; ++i) which.push_back(i);
      read(context, which, examples ? std::optional(examples->slice(from, to)) : std::nullopt,
           labels ? std::optional(labels->slice(from, to)) : std::nullopt);
      from = to;
    } while (from < info_.count);
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
      const auto [code, bits] = code_and_bits(info.dtype);
      out->code = code;
      out->bits = bits;
      out->count = info.count;
      for (std::size_t i = 0; i < info.shape.size(); ++i) out->shape[i] = info.shape[i];
      out->labelled = info.labelled ? 1 : 0;
      out->class_names = info.class_names.empty() ? nullptr : keep_names(info.class_names);
    });
  }
  /// The names as a C array that lives as long as the process: tables of the same names share one.
  static const char* const* keep_names(const std::vector<std::string>& names) {
    struct Kept {
      std::vector<std::string> names;
      std::vector<const char*> list;
      Kept* before;
    };
    static std::atomic_flag busy;
    static Kept* last = nullptr;
    const ShortLock lock(busy);
    for (const Kept* kept = last; kept != nullptr; kept = kept->before)
      if (kept->names == names) return kept->list.data();
    auto* kept = new Kept{names, {}, last};
    for (const std::string& name : kept->names) kept->list.push_back(name.c_str());
    kept->list.push_back(nullptr);
    last = kept;
    return kept->list.data();
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

template <>
struct Bridge<DatasetView> {
  static constexpr const char* kId = "dataset-view/1";
  template <typename T>
  static const shoal_dataset_view_1* table() {
    static constexpr shoal_dataset_view_1 table = {
        sizeof(shoal_dataset_view_1), [](const void* self, const shoal_context* context, shoal_dataset_view* out) {
          return guarded(context, [&] {
            Context c(context);
            const std::optional<ConstArray> all = static_cast<const T*>(self)->view(c);
            if (!all) return;
            const shoal_array array = all->c_array();
            out->rank = array.rank;
            out->code = array.code;
            out->bits = array.bits;
            for (int i = 0; i < array.rank; ++i) out->shape[i] = array.shape[i], out->strides[i] = array.strides[i];
            out->data = array.data;
          });
        }};
    return &table;
  }
};

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_DATASET_H_
