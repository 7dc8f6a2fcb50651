#include "framework/run/kept_value.h"

#include <ATen/Functions.h>

#include <bit>
#include <charconv>
#include <cstdio>

#include "framework/plugin/digest.h"
#include "framework/run/component_state.h"
#include "framework/store/content.h"
#include "shoal/dataset.h"

namespace shoal::host {
namespace {

using nlohmann::ordered_json;

std::string bits_of(double value) {
  char out[17];
  std::snprintf(out, sizeof(out), "%016llx", static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(value)));
  return out;
}

double from_bits(const std::string& bits) {
  std::uint64_t value = 0;
  std::from_chars(bits.data(), bits.data() + bits.size(), value, 16);
  return std::bit_cast<double>(value);
}

ordered_json describe_number(double value) { return {{"is", "number"}, {"bits", bits_of(value)}, {"value", value}}; }

ordered_json describe_array(const ConstArray& array, const TakeArray& take) {
  return {{"is", "array"}, {"digest", take(array)}, {"shape", array.shape()}, {"dtype", name(array.dtype())}};
}

ordered_json describe_made(const Made& made, const Job& job);

/// A component as it was declared: what makes two of them the same.
std::string declaration_of(const Made& made, const Job& job) {
  Digest digest;
  digest.text(made.entry.id()).text(made.entry.library->digest());
  for (const auto& [name, value] : made.parameters->result_parts()) digest.text(name).text(value);
  if (made.entry.has_trait("random")) digest.number(static_cast<std::int64_t>(made.seed));
  for (const auto& [port, inputs] : made.inputs) {
    digest.text(port).number(static_cast<std::int64_t>(inputs.size()));
    for (const auto& input : inputs) digest.text(content_of(describe_made(*input, job)));
  }
  return digest.hex();
}

/// A dataset by what it holds: which plugin reads it from which file is of no account.
ordered_json describe_dataset(const Made& made, const Job& job) {
  const HeldFeatures examples = as_examples(made, job.services, job.listener);
  const auto live = made.use(job.services, job.listener);
  DatasetProxy dataset(live->object());
  const DatasetInfo info = dataset.open(live->context());
  ordered_json out = {
      {"is", "dataset"}, {"examples", content_digest(examples.view, job.services.pool)}, {"shape", info.shape}};
  if (info.labelled)
    out["labels"] = content_digest(dataset_labels(made, job.services, job.listener), job.services.pool);
  out["classes"] = info.class_names;
  return out;
}

ordered_json describe_made(const Made& made, const Job& job) {
  if (made.entry.kind() == "dataset") return describe_dataset(made, job);
  return {{"is", "component"}, {"declared", declaration_of(made, job)}};
}

ConstArray flat_view(const at::Tensor& tensor) {
  const Shape shape = {tensor.numel()};
  switch (tensor.scalar_type()) {
    case at::kFloat: return ConstArray(tensor.const_data_ptr<float>(), shape);
    case at::kDouble: return ConstArray(tensor.const_data_ptr<double>(), shape);
    case at::kLong: return ConstArray(tensor.const_data_ptr<std::int64_t>(), shape);
    case at::kByte: return ConstArray(tensor.const_data_ptr<std::uint8_t>(), shape);
    default: throw Unsupported(text("tensors of {} are not kept", at::toString(tensor.scalar_type())));
  }
}

at::ScalarType tensor_type(DType dtype) {
  switch (dtype) {
    case DType::kUInt8: return at::kByte;
    case DType::kInt64: return at::kLong;
    case DType::kFloat32: return at::kFloat;
    case DType::kFloat64: break;
  }
  return at::kDouble;
}

/// Which of the job's inputs a trained component started from.
std::optional<std::pair<std::string, std::size_t>> origin_of(const Made& made, const Job& job) {
  for (std::size_t port = 0; port < job.inputs.size(); ++port)
    for (std::size_t i = 0; i < job.inputs[port].size(); ++i) {
      const auto* from = std::get_if<std::shared_ptr<const Made>>(&job.inputs[port][i]);
      if (from != nullptr && (*from)->entry.component == made.entry.component &&
          (*from)->parameters == made.parameters && (*from)->seed == made.seed)
        return std::pair(job.node.ports[port].name, i);
    }
  return std::nullopt;
}

ordered_json describe_trained(const Made& made, const Job& job, const TakeArray& take) {
  const Trained& trained = *made.trained;
  ordered_json out = {{"is", "trained"},
                      {"declared", declaration_of(made, job)},
                      {"example", trained.example},
                      {"embedding", trained.embedding},
                      {"classes", trained.classes},
                      {"outputs", trained.outputs}};
  if (const auto origin = origin_of(made, job)) out["from"] = {origin->first, origin->second};
  out["tensors"] = ordered_json::array();
  for (const auto& [name, tensor] : trained.tensors) {
    const at::Tensor whole = tensor.contiguous();
    out["tensors"].push_back({{"name", name}, {"shape", whole.sizes().vec()}, {"digest", take(flat_view(whole))}});
  }
  return out;
}

ordered_json describe_fitted(const Made& made, const std::string& made_by, const Job& job, const TakeArray& take) {
  if (!has_state(*made.shared)) return {{"is", "not kept"}, {"made_by", made_by}};
  ordered_json out = {{"is", "fitted"}, {"declared", declaration_of(made, job)}};
  out["state"] = ordered_json::object();
  for (const auto& [name, array] : save_state(*made.shared)) out["state"][name] = take(array.view());
  return out;
}

Array get_array(Store& store, const std::string& digest, const Job& job) {
  return store.get(digest, allocate_in(job.services), job.services.pool);
}

RunValue restore_trained(const ordered_json& described, const Job& job, Store& store) {
  const std::string port = described.at("from").at(0);
  const std::size_t index = described.at("from").at(1);
  std::shared_ptr<const Made> from;
  for (std::size_t i = 0; i < job.node.ports.size(); ++i)
    if (job.node.ports[i].name == port) from = std::get<std::shared_ptr<const Made>>(job.inputs[i].at(index));
  auto trained = std::make_shared<Trained>();
  trained->example = described.at("example").get<Shape>();
  trained->embedding = described.at("embedding");
  trained->classes = described.at("classes");
  trained->outputs = described.at("outputs");
  for (const auto& tensor : described.at("tensors")) {
    Array array = get_array(store, tensor.at("digest"), job);
    const auto shape = tensor.at("shape").get<std::vector<std::int64_t>>();
    const MutableArray view = array.mutable_view();
    trained->tensors.emplace_back(
        tensor.at("name").get<std::string>(),
        at::from_blob(view.bytes(), shape, at::TensorOptions().dtype(tensor_type(array.dtype()))).clone());
  }
  auto made = std::make_shared<Made>(*from);
  made->trained = std::move(trained);
  made->shared = nullptr;
  return std::shared_ptr<const Made>(std::move(made));
}

RunValue restore_fitted(const ordered_json& described, const Job& job, Store& store) {
  auto made = std::make_shared<Made>(*declare(job));
  made->shared = made->make(job.services, job.listener);
  ComponentState state;
  for (const auto& [name, digest] : described.at("state").items()) state[name] = get_array(store, digest, job);
  try {
    load_state(*made->shared, state);
  } catch (const Error& error) {
    throw DamagedEntry(error.what());
  }
  return std::shared_ptr<const Made>(std::move(made));
}

}  // namespace

ordered_json describe_value(const RunValue& value, const std::string& made_by, const Job& job, const TakeArray& take) {
  if (const auto* array = std::get_if<Array>(&value)) return describe_array(array->view(), take);
  if (const auto* number = std::get_if<double>(&value)) return describe_number(*number);
  if (const auto* series = std::get_if<Series>(&value))
    return {{"is", "series"}, {"empty", series->empty}, {"last", bits_of(series->last)}, {"value", series->last}};
  const auto* made = std::get_if<std::shared_ptr<const Made>>(&value);
  if (made == nullptr || *made == nullptr) return {{"is", "nothing"}};
  try {
    if ((*made)->trained) return describe_trained(**made, job, take);
    if (job.node.at_work && (*made)->shared) return describe_fitted(**made, made_by, job, take);
  } catch (const Error& error) {  // its work is done and good all the same
    if (job.listener != nullptr)
      job.listener->log(Level::kWarning, text("what it learnt cannot be kept for later runs: {}", error.what()));
    return {{"is", "not kept"}, {"made_by", made_by}};
  }
  return describe_made(**made, job);
}

std::string content_of(const ordered_json& described) {
  if (described.at("is") == "array") return described.at("digest");
  ordered_json what = described;
  what.erase("from");  // how it is made again, not what it is
  what.erase("value");
  const std::string canonical = what.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return Digest().text(canonical).hex();
}

bool can_be_restored(const ordered_json& described) {
  const std::string is = described.at("is");
  return is != "not kept" && is != "component" && is != "dataset" && (is != "trained" || described.contains("from"));
}

RunValue restore_value(const ordered_json& described, const Job& job, Store& store) {
  const std::string is = described.at("is");
  if (is == "nothing") return {};
  if (is == "number") return from_bits(described.at("bits"));
  if (is == "series") return Series{from_bits(described.at("last")), described.at("empty").get<bool>()};
  if (is == "array") return get_array(store, described.at("digest"), job);
  if (is == "trained") return restore_trained(described, job, store);
  if (is == "fitted") return restore_fitted(described, job, store);
  throw DamagedEntry(text("a value that is '{}' is not kept", is));
}

}  // namespace shoal::host
