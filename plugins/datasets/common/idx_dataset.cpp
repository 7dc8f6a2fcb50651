#include "idx_dataset.h"

#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <mutex>
#include <variant>

#include "shoal/matrix.h"

namespace idx {
namespace {

using shoal::DType;
using shoal::Index;

template <typename To, typename Bits>
To from_big_endian(const std::uint8_t* bytes) {
  Bits bits = 0;
  for (std::size_t i = 0; i < sizeof(Bits); ++i) bits = static_cast<Bits>(std::uint64_t{bits} << 8 | bytes[i]);
  return std::bit_cast<To>(bits);
}

// Calls use(number) for number after number of the file.
template <typename Use>
void for_each_number(const IdxFile& file, Use&& use) {
  const auto walk = [&]<typename To, typename Bits>(To, Bits) {
    for (std::uint64_t i = 0; i < file.header.data_bytes; i += sizeof(Bits))
      use(from_big_endian<To, Bits>(&file.data[i]));
  };
  switch (file.header.type) {
    case IdxType::kUInt8: return walk(std::uint8_t{}, std::uint8_t{});
    case IdxType::kInt8: return walk(std::int8_t{}, std::uint8_t{});
    case IdxType::kInt16: return walk(std::int16_t{}, std::uint16_t{});
    case IdxType::kInt32: return walk(std::int32_t{}, std::uint32_t{});
    case IdxType::kFloat32: return walk(float{}, std::uint32_t{});
    case IdxType::kFloat64: return walk(double{}, std::uint64_t{});
  }
}

DType exact_dtype(IdxType type) {
  if (type == IdxType::kUInt8) return DType::kUInt8;
  return type == IdxType::kInt32 || type == IdxType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
}

shoal::Shape example_shape(const shoal::Shape& file) {
  shoal::Shape shape(file.begin() + 1, file.end());
  if (shape.empty()) return {1};
  if (shape.size() == 2) shape.insert(shape.begin(), 1);  // an image of one channel
  return shape;
}

IdxFile load_checked(const DataFile& file, const IdxHeader& expected) {
  Sha256 digest;
  IdxFile loaded = load_idx(file.path, file.sha256.empty() ? nullptr : &digest);
  shoal::require(loaded.header == expected, "'{}' changed while it was in use: it was {} bytes of data, now {}",
                 file.path.string(), expected.data_bytes, loaded.header.data_bytes);
  if (file.sha256.empty()) return loaded;
  const std::string got = digest.hex();
  shoal::require(got == file.sha256,
                 "'{}' is another file of that name: its contents have SHA-256 {}, expected {}; 'path' names the "
                 "folder of files of one's own",
                 file.path.string(), got, file.sha256);
  return loaded;
}

template <typename Scalar>
std::vector<Scalar> convert(const std::string& name, const IdxFile& file, double divide_by) {
  std::vector<Scalar> out;
  const Index columns = static_cast<Index>(file.header.data_bytes / bytes_of(file.header.type)) / file.header.shape[0];
  out.reserve(static_cast<std::size_t>(columns * file.header.shape[0]));
  for_each_number(file, [&](auto number) {
    const auto value = static_cast<Scalar>(static_cast<double>(number) / divide_by);
    const auto at = static_cast<Index>(out.size());
    shoal::require(std::isfinite(value), "'{}' holds a NaN, or a number too large for its dtype, at row {}, column {}",
                   name, at / columns, at % columns);
    out.push_back(value);
  });
  return out;
}

std::vector<std::int64_t> convert_labels(const std::string& name, const IdxFile& file, std::size_t classes) {
  std::vector<std::int64_t> out;
  out.reserve(static_cast<std::size_t>(file.header.shape[0]));
  for_each_number(file, [&](auto number) {
    const auto label = static_cast<std::int64_t>(number);
    shoal::require(label >= 0, "'{}' has label {} at row {}; the least is 0", name, label, out.size());
    shoal::require(classes == 0 || static_cast<std::size_t>(label) < classes,
                   "'{}' has label {} at row {}, but there are {} classes", name, label, out.size(), classes);
    out.push_back(label);
  });
  return out;
}

constexpr Index kBlockRows = 1024;  // of a gather that is shared among threads

// Copies rows of `from` (N, columns) to `to` (n, columns): as they are, or bytes as `of_byte` makes them.
template <typename From, typename To>
void gather(shoal::Context& context, const std::vector<From>& from, std::span<const Index> which,
            shoal::MutableMatrix<To> to, const std::array<To, 256>& of_byte) {
  const auto columns = static_cast<std::size_t>(to.cols());
  context.parallel_for(static_cast<Index>(which.size()), kBlockRows, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const From* row = from.data() + static_cast<std::size_t>(which[static_cast<std::size_t>(i)]) * columns;
      To* out = to.row(i).data();
      if constexpr (std::is_same_v<From, To>) {
        std::memcpy(out, row, columns * sizeof(To));
      } else if constexpr (std::is_same_v<From, std::uint8_t>) {
        for (std::size_t j = 0; j < columns; ++j) out[j] = of_byte[row[j]];
      }
    }
  });
}

template <typename To>
std::array<To, 256> divided_bytes(double divide_by) {
  std::array<To, 256> out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<To>(static_cast<double>(i) / divide_by);
  return out;
}

}  // namespace

struct IdxDataset::Loaded {
  std::mutex mutex;  // held while loading
  std::atomic<bool> done = false;
  // (N, columns): the bytes of the file, or numbers in the dataset's dtype.
  std::variant<std::vector<std::uint8_t>, std::vector<float>, std::vector<double>> examples;
  std::vector<std::int64_t> labels;
};

IdxDataset::IdxDataset(const IdxDatasetOptions& options) : options_(options), loaded_(std::make_unique<Loaded>()) {
  const std::string examples = options_.examples.path.string();
  examples_header_ = read_idx_header(options_.examples.path);
  const shoal::Shape& shape = examples_header_.shape;
  shoal::require(shape.size() <= 7, "'{}' has rank {}; examples of rank 1 to 7 are known here", examples, shape.size());
  const DType dtype = options_.dtype.value_or(exact_dtype(examples_header_.type));
  shoal::require(dtype != DType::kUInt8 || examples_header_.type == IdxType::kUInt8,
                 "'{}' holds {}, so its dtype cannot be uint8", examples, name(examples_header_.type));
  shoal::require(dtype != DType::kUInt8 || options_.divide_by == 1, "examples divided by {} cannot be uint8",
                 options_.divide_by);

  info_ = {.count = shape[0],
           .shape = example_shape(shape),
           .dtype = dtype,
           .labelled = options_.labels.has_value(),
           .class_names = options_.class_names};
  if (!options_.labels) return;
  const std::string labels = options_.labels->path.string();
  labels_header_ = read_idx_header(options_.labels->path);
  const IdxType type = labels_header_.type;
  shoal::require(type != IdxType::kFloat32 && type != IdxType::kFloat64, "'{}' holds {}; labels are whole numbers",
                 labels, name(type));
  shoal::require(labels_header_.shape.size() == 1, "'{}' has shape {}; labels have rank 1", labels,
                 shoal::to_string(labels_header_.shape));
  shoal::require(labels_header_.shape[0] == shape[0], "'{}' has {} labels, but '{}' has {} examples", labels,
                 labels_header_.shape[0], examples, shape[0]);
}

IdxDataset::~IdxDataset() = default;

const IdxDataset::Loaded& IdxDataset::loaded() const {
  // No std::call_once: ThreadSanitizer does not follow an exception out of it. What throws here, the next read tries
  // again.
  Loaded& out = *loaded_;
  if (out.done.load(std::memory_order_acquire)) return out;
  const std::lock_guard lock(out.mutex);
  if (!out.done.load(std::memory_order_relaxed)) {
    load(out);
    out.done.store(true, std::memory_order_release);
  }
  return out;
}

void IdxDataset::load(Loaded& out) const {
  IdxFile file = load_checked(options_.examples, examples_header_);
  const std::string name = options_.examples.path.string();
  if (file.header.type == IdxType::kUInt8) out.examples = std::move(file.data);
  else if (info_.dtype == DType::kFloat32) out.examples = convert<float>(name, file, options_.divide_by);
  else out.examples = convert<double>(name, file, options_.divide_by);
  if (!options_.labels) return;
  out.labels = convert_labels(options_.labels->path.string(), load_checked(*options_.labels, labels_header_),
                              options_.class_names.size());
}

void IdxDataset::read(shoal::Context& context, std::span<const Index> which,
                      std::optional<shoal::MutableArray> examples, std::optional<shoal::MutableArray> labels) const {
  const auto n = static_cast<Index>(which.size());
  for (const Index i : which)
    shoal::require(i >= 0 && i < info_.count, "example {} of {} does not exist", i, info_.count);
  const Loaded& data = loaded();
  if (examples) {
    Index columns = 1;
    for (const Index size : info_.shape) columns *= size;
    shoal::require(examples->rows() == n && examples->cols() == columns,
                   "room for {} examples of {} numbers, got room for {} of {}", n, columns, examples->rows(),
                   examples->cols());
    const auto into = [&]<typename To>(To) {
      const auto of_byte = divided_bytes<To>(options_.divide_by);
      std::visit([&](const auto& from) { gather(context, from, which, examples->matrix<To>(), of_byte); },
                 data.examples);
    };
    if (info_.dtype == DType::kUInt8) into(std::uint8_t{});
    else if (info_.dtype == DType::kFloat32) into(float{});
    else into(double{});
  }
  if (labels) {
    shoal::require(info_.labelled, "'{}' has no labels", options_.examples.path.string());
    const std::span<std::int64_t> to = labels->vector<std::int64_t>();
    shoal::require(labels->rows() == n, "room for {} labels, got room for {}", n, labels->rows());
    for (std::size_t i = 0; i < which.size(); ++i) to[i] = data.labels[static_cast<std::size_t>(which[i])];
  }
}

}  // namespace idx
