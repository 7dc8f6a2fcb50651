#include "framework/conformance/work.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

namespace shoal::host::conformance {

Points::Points(Index rows, const Form& form, std::uint64_t seed, Index columns)
    : dtype_(form.dtype), stride_(columns + (form.strided ? 3 : 0)), shape_{rows, columns}, strides_{stride_, 1} {
  const auto bytes = static_cast<std::size_t>(rows * stride_ * bytes_of(dtype_));
  if (form.read_only) sheltered_ = std::make_unique<Sheltered>(bytes, "the features");
  else plain_.resize(bytes);
  data_ = form.read_only ? static_cast<char*>(sheltered_->data()) : plain_.data();
  std::memset(data_, 0xFF, bytes);  // NaN of either size, or 255
  const auto [code, bits] = detail::code_and_bits(dtype_);
  view_ = ConstArray(shoal_array{data_, 1, 0, 2, static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(bits), 1,
                                 shape_, strides_, 0});
  for (Index i = 0; i < rows; ++i) {
    Random random = Random(seed + 1).fork(static_cast<std::uint64_t>(i));
    for (Index j = 0; j < columns; ++j) {
      const double centre = 40.0 + 50.0 * static_cast<double>((i % kCentres + j * (i % kCentres)) % 4);
      set(i, j, std::clamp(std::round(centre + 6 * random.normal()), 0.0, 255.0));
    }
  }
  if (form.read_only) sheltered_->forbid_writing();
}

void Points::set(Index row, Index column, double value) {
  const auto at = static_cast<std::size_t>(row * stride_ + column);
  switch (dtype_) {
    case DType::kUInt8: reinterpret_cast<std::uint8_t*>(data_)[at] = static_cast<std::uint8_t>(value); break;
    case DType::kInt64: reinterpret_cast<std::int64_t*>(data_)[at] = static_cast<std::int64_t>(value); break;
    case DType::kFloat32: reinterpret_cast<float*>(data_)[at] = static_cast<float>(value); break;
    case DType::kFloat64: reinterpret_cast<double*>(data_)[at] = value; break;
  }
}

Form usual_form(const Subject& subject) {
  Form form;
  form.dtype = subject.entry.dtypes().front();
  return form;
}

void Result::add(std::string name, ConstArray values) {
  Entry entry{std::move(name), values.dtype(), Shape(values.shape().begin(), values.shape().end()), {}};
  const auto row = static_cast<std::size_t>(values.cols() * bytes_of(values.dtype()));
  for (Index i = 0; i < values.rows(); ++i) {
    const Index step = values.rank() == 0 ? 0 : values.stride(0);
    entry.bytes.append(static_cast<const char*>(values.bytes()) + i * step * bytes_of(values.dtype()), row);
  }
  entries_.push_back(std::move(entry));
}

void Result::add(std::string name, double value) { add(std::move(name), ConstArray(&value, {1})); }

double Result::number(const Entry& entry, std::size_t at) {
  const auto as = [&]<typename T>(T value) {
    std::memcpy(&value, entry.bytes.data() + at * sizeof(T), sizeof(T));
    return static_cast<double>(value);
  };
  switch (entry.dtype) {
    case DType::kUInt8: return as(std::uint8_t{});
    case DType::kInt64: return as(std::int64_t{});
    case DType::kFloat32: return as(float{});
    case DType::kFloat64: break;
  }
  return as(double{});
}

std::optional<std::string> Result::difference(const Result& other) const {
  if (entries_.size() != other.entries_.size())
    return text("there are {} results, then {}", entries_.size(), other.entries_.size());
  for (std::size_t e = 0; e < entries_.size(); ++e) {
    const Entry &a = entries_[e], &b = other.entries_[e];
    if (a.name != b.name) return text("'{}' is given, then '{}'", a.name, b.name);
    if (a.dtype != b.dtype || a.shape != b.shape)
      return text("'{}' is {} {}, then {} {}", a.name, shoal::name(a.dtype), to_string(a.shape), shoal::name(b.dtype),
                  to_string(b.shape));
    const auto size = static_cast<std::size_t>(bytes_of(a.dtype));
    for (std::size_t i = 0; i < a.bytes.size() / size; ++i)
      if (std::memcmp(a.bytes.data() + i * size, b.bytes.data() + i * size, size) != 0)
        return text("'{}' differs at {}: {}, then {}", a.name, i, number(a, i), number(b, i));
  }
  return std::nullopt;
}

std::optional<std::string> Result::not_finite() const {
  for (const Entry& entry : entries_)
    for (std::size_t i = 0; i < entry.bytes.size() / static_cast<std::size_t>(bytes_of(entry.dtype)); ++i)
      if (const double value = number(entry, i); !std::isfinite(value))
        return text("'{}' holds {} at {}", entry.name, value, i);
  return std::nullopt;
}

Index rows_for(const Subject& subject) {
  const Index k = subject.integer("k").value_or(1);
  const Index scale = subject.level == Level::kQuick ? 1 : subject.level == Level::kFull ? 4 : 20;
  return std::max<Index>(120, 3 * k) * scale;
}

Kind kind_of(const Subject& subject) {
  static const std::map<std::string_view, Kind (*)(const Subject&)> kinds = {
      {"clusterer", &clusterer_kind}, {"transform", &transform_kind}, {"dataset", &dataset_kind},
      {"metric", &metric_kind},       {"reporter", &reporter_kind},   {"augmentation", &augmentation_kind},
      {"encoder", &encoder_kind},     {"head", &head_kind},           {"objective", &objective_kind},
      {"trainer", &trainer_kind}};
  return kinds.at(subject.entry.kind())(subject);
}

}  // namespace shoal::host::conformance
