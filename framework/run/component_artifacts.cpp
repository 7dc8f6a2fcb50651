#include "framework/run/component_artifacts.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "shoal/dataset.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* kAgain =
    "the run is of an earlier Shoal; `shoal run` of its resolved.yaml makes another folder, from the store where that "
    "still has it";

/// At most 1000 of `count`, from the first to the last.
std::vector<Index> evenly_spaced(Index count) {
  constexpr Index kMost = 1000;
  const Index n = std::min(count, kMost);
  std::vector<Index> out;
  for (Index i = 0; i < n; ++i) out.push_back(n == count ? i : i * (count - 1) / (n - 1));
  return out;
}

/// Fills in the numbers, from examples (n, D).
void measure(const ConstArray& examples, Looks& looks) {
  std::vector<double> means;
  looks.least = std::numeric_limits<double>::infinity();
  looks.most = -looks.least;
  for (Index i = 0; i < examples.rows(); ++i) {
    const ConstArray row = examples.slice(i, i + 1);
    double sum = 0;
    for (Index j = 0; j < examples.cols(); ++j) {
      const double x = number_at(row, j);
      sum += x;
      looks.least = std::min(looks.least, x);
      looks.most = std::max(looks.most, x);
    }
    means.push_back(sum / static_cast<double>(examples.cols()));
  }
  for (const double mean : means) looks.mean += mean / static_cast<double>(means.size());
  double squares = 0;
  for (const double mean : means) squares += (mean - looks.mean) * (mean - looks.mean);
  if (means.size() > 1) looks.mean_sd = std::sqrt(squares / static_cast<double>(means.size() - 1));
}

void copy_rows(const ConstArray& from, const std::vector<Index>& which, const MutableArray& to) {
  const auto row_bytes = static_cast<std::size_t>(from.cols() * bytes_of(from.dtype()));
  auto* at = static_cast<char*>(to.bytes());
  for (const Index i : which) {
    std::memcpy(at, from.slice(i, i + 1).bytes(), row_bytes);
    at += row_bytes;
  }
}

DType dtype_named(const std::string& wanted) {
  for (const DType dtype : {DType::kUInt8, DType::kInt64, DType::kFloat32, DType::kFloat64})
    if (wanted == name(dtype)) return dtype;
  throw InputError(text("'{}' is no dtype", wanted));
}

const std::string& at_key(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  require(found != metadata.end(), "its metadata say no '{}'", key);
  return found->second;
}

Index index_at(const Metadata& metadata, const char* key) { return ordered_json::parse(at_key(metadata, key)); }

}  // namespace

double number_at(const ConstArray& row, Index i) {
  switch (row.dtype()) {
    case DType::kUInt8: return row.data<std::uint8_t>()[i];
    case DType::kFloat32: return static_cast<double>(row.data<float>()[i]);
    case DType::kInt64: return static_cast<double>(row.data<std::int64_t>()[i]);
    case DType::kFloat64: break;
  }
  return row.data<double>()[i];
}

void write_trained(const fs::path& file, const Made& made, const std::string& declared_by) {
  const Trained& trained = *made.trained;
  write_safetensors(file, trained.tensors,
                    {{"component", std::string(made.entry.id())},
                     {"declared_by", declared_by},
                     {"example", ordered_json(trained.example).dump()},
                     {"embedding", std::to_string(trained.embedding)},
                     {"classes", std::to_string(trained.classes)},
                     {"outputs", std::to_string(trained.outputs)}});
}

TrainedArtifact read_trained(const fs::path& file) {
  Safetensors found = read_safetensors(file);
  require(found.metadata.contains("declared_by"), "{} does not say what it was built for: {}", file.string(), kAgain);
  try {
    return {.declared_by = at_key(found.metadata, "declared_by"),
            .trained = {.tensors = std::move(found.tensors),
                        .example = ordered_json::parse(at_key(found.metadata, "example")).get<Shape>(),
                        .embedding = index_at(found.metadata, "embedding"),
                        .classes = index_at(found.metadata, "classes"),
                        .outputs = index_at(found.metadata, "outputs")}};
  } catch (const InputError& error) {
    throw InputError(text("{} is damaged: {}", file.string(), error.what()));
  } catch (const nlohmann::json::exception& error) {
    throw InputError(text("{} is damaged: {}", file.string(), error.what()));
  }
}

bool write_fitted(const fs::path& file, Live& live) {
  if (!has_state(live)) return false;
  NamedTensors tensors;
  std::int64_t bytes = 0;
  for (auto& [name, array] : save_state(live)) {
    bytes += array.size() * bytes_of(array.dtype());
    tensors.emplace_back(name, tensor(std::move(array)));
  }
  if (bytes > kLargestState) return false;
  write_safetensors(file, tensors);
  return true;
}

ComponentState read_fitted(const fs::path& file, Services& services) {
  ComponentState out;
  for (const auto& [name, tensor] : read_safetensors(file).tensors) {
    const ConstArray from = view(tensor);
    Array array = allocate_array(services, from.dtype(), from.shape());
    if (tensor.nbytes() > 0) std::memcpy(array.mutable_view().bytes(), from.bytes(), tensor.nbytes());
    out[name] = std::move(array);
  }
  return out;
}

Looks look_at(Live& live) {
  DatasetProxy dataset(live.object());
  const DatasetInfo info = dataset.open(live.context());
  Looks out{.component = std::string(live.object().id()),
            .count = info.count,
            .shape = info.shape,
            .dtype = info.dtype,
            .class_names = info.class_names};
  const std::vector<Index> which = evenly_spaced(info.count);
  out.looked_at = static_cast<Index>(which.size());
  if (which.empty()) return out;
  Shape shape = info.shape;
  shape.insert(shape.begin(), out.looked_at);
  Array examples = live.context().allocate(info.dtype, shape);
  if (const auto whole = dataset.view(live.context())) copy_rows(whole->flattened(), which, examples.mutable_view());
  else dataset.read(live.context(), which, examples.mutable_view(), {});
  measure(examples.view().flattened(), out);
  return out;
}

void write_looks(const fs::path& file, const Looks& looks) {
  const auto number = [](double x) { return std::isfinite(x) ? ordered_json(x) : ordered_json(nullptr); };
  const ordered_json out = {{"component", looks.component},
                            {"count", looks.count},
                            {"shape", looks.shape},
                            {"dtype", name(looks.dtype)},
                            {"class_names", looks.class_names},
                            {"looked_at", looks.looked_at},
                            {"mean", number(looks.mean)},
                            {"mean_sd", number(looks.mean_sd)},
                            {"least", number(looks.least)},
                            {"most", number(looks.most)}};
  write_atomically(file, out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

Looks read_looks(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  require(in.good(), "there is no {}: {}", file.string(), kAgain);
  const auto number = [](const ordered_json& x) {
    return x.is_null() ? std::numeric_limits<double>::quiet_NaN() : x.get<double>();
  };
  try {
    const auto json = ordered_json::parse(std::string{std::istreambuf_iterator<char>(in), {}});
    return {.component = json.at("component"),
            .count = json.at("count"),
            .shape = json.at("shape").get<Shape>(),
            .dtype = dtype_named(json.at("dtype")),
            .class_names = json.at("class_names").get<std::vector<std::string>>(),
            .looked_at = json.at("looked_at"),
            .mean = number(json.at("mean")),
            .mean_sd = number(json.at("mean_sd")),
            .least = number(json.at("least")),
            .most = number(json.at("most"))};
  } catch (const nlohmann::json::exception& error) {
    throw InputError(text("{} is damaged: {}", file.string(), error.what()));
  }
}

}  // namespace shoal::host
