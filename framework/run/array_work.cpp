#include "framework/run/array_work.h"

#include <chrono>

#include "framework/graph/ports.h"
#include "shoal/clusterer.h"
#include "shoal/error.h"
#include "shoal/metric.h"
#include "shoal/transform.h"

namespace shoal::host {
namespace {

std::optional<ConstArray> find(const PortArrays& inputs, std::string_view port) {
  for (const auto& [name, array] : inputs)
    if (name == port) return array;
  return std::nullopt;
}

ConstArray data_of(const PortArrays& inputs) { return find(inputs, "data").value(); }

ArrayResult transform(Context& context, Live& live, const PortArrays& inputs) {
  TransformProxy transform(live.object(), live.context());
  transform.fit(context, data_of(inputs));
  ArrayResult out;
  out.arrays["features"] = transform.apply(context, data_of(inputs));
  return out;
}

ArrayResult cluster(Context& context, Live& live, const PortArrays& inputs) {
  const FitInput input{.features = data_of(inputs), .weights = find(inputs, "weights"), .init = find(inputs, "init")};
  Clustering found = ClustererProxy(live.object()).fit(context, input);
  ArrayResult out;
  out.arrays["labels"] = std::move(found.labels);
  if (found.centroids) out.arrays["centroids"] = std::move(*found.centroids);
  out.numbers = {{"clusters", static_cast<double>(found.clusters)},
                 {"iterations", static_cast<double>(found.iterations)},
                 {"convert_seconds", found.convert_seconds}};
  return out;
}

/// Where a metric's numbers and arrays land.
struct MetricSink {
  shoal_results c;  // first: a shoal_results* is a pointer to this
  const Signature& signature;
  const shoal_context* context;
  ArrayResult result = {};

  static MetricSink& of(const shoal_results* results) {
    return *reinterpret_cast<MetricSink*>(const_cast<shoal_results*>(results));
  }
  int refuse(const char* output, std::string_view type) const {
    return context->host->fail(context, SHOAL_E_FAILED,
                               text("it gave {} '{}', which it did not declare", type, output).c_str());
  }
  bool declares(const char* output, std::string_view type) const {
    for (const OutputPort& declared : signature.outputs)
      if (declared.name == output) return declared.type == type;
    return false;
  }
};

ArrayResult compute(Context& context, Live& live, const ComponentEntry& entry, const PortArrays& inputs) {
  const Signature signature = signature_of(entry, true, false);
  std::vector<shoal_array> arrays(signature.inputs.size());
  std::vector<const shoal_array*> pointers(signature.inputs.size(), nullptr);
  for (std::size_t i = 0; i < arrays.size(); ++i)
    if (const auto given = find(inputs, signature.inputs[i].name)) {
      arrays[i] = given->c_array();
      pointers[i] = &arrays[i];
    }
  const shoal_context* c = context.c_context();
  MetricSink sink{{sizeof(shoal_results),
                   [](const shoal_results* results, const char* output, double value) {
                     MetricSink& to = MetricSink::of(results);
                     if (!to.declares(output, "number")) return to.refuse(output, "number");
                     to.result.numbers[output] = value;
                     return int{SHOAL_OK};
                   },
                   [](const shoal_results* results, const char* output, shoal_buffer* value) {
                     MetricSink& to = MetricSink::of(results);
                     Array array(value);
                     if (!to.declares(output, "array")) return to.refuse(output, "array");
                     to.result.arrays[output] = std::move(array);
                     return int{SHOAL_OK};
                   }},
                  signature,
                  c};
  const auto* table = live.object().get<shoal_metric_1>("metric/1");
  detail::check_status(c, table->compute(live.object().self(), c, pointers.data(), &sink.c));
  return std::move(sink.result);
}

[[noreturn]] void broken(const ComponentEntry& entry, const std::string& what) {
  throw Error(SHOAL_E_FAILED, text("{} broke its contract: {}", entry.id(), what));
}

const Array& array_of(const ArrayResult& result, const ComponentEntry& entry, const char* output) {
  const auto found = result.arrays.find(output);
  if (found == result.arrays.end()) broken(entry, text("it returned no {}", output));
  return found->second;
}

void check_transformed(const ArrayResult& result, const ComponentEntry& entry, const PortArrays& inputs) {
  const ConstArray features = array_of(result, entry, "features").view();
  if (features.rank() != 2 || features.rows() != data_of(inputs).rows())
    broken(entry, text("it returned features {} for {} rows", to_string(features.shape()), data_of(inputs).rows()));
}

void check_clustering(const ArrayResult& result, const ComponentEntry& entry, const PortArrays& inputs) {
  const ConstArray features = data_of(inputs), labels = array_of(result, entry, "labels").view();
  const auto clusters = static_cast<std::int64_t>(result.numbers.at("clusters"));
  if (labels.dtype() != DType::kInt64 || labels.rank() != 1 || labels.rows() != features.rows())
    broken(entry, text("it returned labels {} {}", name(labels.dtype()), to_string(labels.shape())));
  const std::int64_t least = entry.has_trait("noise") ? -1 : 0;
  for (const std::int64_t label : labels.vector<std::int64_t>())
    if (label < least || label >= clusters)
      broken(entry, text("it returned label {}, but there are {} clusters", label, clusters));
  const auto found = result.arrays.find("centroids");
  if (found == result.arrays.end()) return;
  const ConstArray centroids = found->second.view();
  if (centroids.rank() != 2 || centroids.rows() != clusters || centroids.cols() != features.cols())
    broken(entry, text("it returned centroids {}", to_string(centroids.shape())));
}

}  // namespace

ArrayResult work_on_arrays(Context& context, Live& live, const ComponentEntry& entry, const PortArrays& inputs) {
  const auto begin = std::chrono::steady_clock::now();
  ArrayResult out = entry.kind() == "transform"   ? transform(context, live, inputs)
                    : entry.kind() == "clusterer" ? cluster(context, live, inputs)
                                                  : compute(context, live, entry, inputs);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

void check_array_result(const ArrayResult& result, const ComponentEntry& entry, const PortArrays& inputs) {
  if (entry.kind() == "transform") check_transformed(result, entry, inputs);
  if (entry.kind() == "clusterer") check_clustering(result, entry, inputs);
}

}  // namespace shoal::host
