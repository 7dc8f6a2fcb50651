#include "framework/run/work.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "framework/run/data_seen.h"
#include "framework/run/isolated_fit.h"
#include "framework/run/trainer_io.h"
#include "shoal/clusterer.h"
#include "shoal/dataset.h"
#include "shoal/kernels/within_cluster.h"
#include "shoal/metric.h"
#include "shoal/torch/examples.h"
#include "shoal/transform.h"

namespace shoal::host {
namespace {

const std::vector<RunValue>* find_input(const Job& job, std::string_view port) {
  for (std::size_t i = 0; i < job.node.ports.size(); ++i)
    if (job.node.ports[i].name == port) return job.inputs[i].empty() ? nullptr : &job.inputs[i];
  return nullptr;
}

HeldFeatures features_at(const Job& job, std::string_view port) {
  return as_features(find_input(job, port)->front(), job.services, job.listener);
}

/// A vector as float64, which is what weights are.
Array as_weights(const Array& given, Services& services) {
  const ConstArray in = given.view();
  require(in.rank() == 1, "weights must be a vector (N), but have shape {}", to_string(in.shape()));
  if (in.dtype() == DType::kFloat64) return given;
  Array out = allocate_array(services, DType::kFloat64, in.shape());
  double* to = out.mutable_view().data<double>();
  for (Index i = 0; i < in.rows(); ++i) {
    switch (in.dtype()) {
      case DType::kFloat32: to[i] = static_cast<double>(in.data<float>()[i]); break;
      case DType::kInt64: to[i] = static_cast<double>(in.data<std::int64_t>()[i]); break;
      default: to[i] = in.data<std::uint8_t>()[i];
    }
  }
  return out;
}

std::shared_ptr<Live> fresh(const Job& job) { return declare(job)->make(job.services, job.listener); }

/// The component with what it has learnt, for `use: node.output`.
std::shared_ptr<const Made> fitted(const Job& job, std::shared_ptr<Live> live) {
  auto made = std::make_shared<Made>(*declare(job));
  made->shared = std::move(live);
  return made;
}

std::vector<RunValue> work_transform(const Job& job) {
  const HeldFeatures features = features_at(job, "data");
  NodeContext context(job.services, job.seed, job.listener);
  const auto live = job.made ? job.made->use(job.services, job.listener) : fresh(job);
  TransformProxy transform(live->object(), live->context());
  if (!job.made) transform.fit(context.context(), features.view);
  Array out = transform.apply(context.context(), features.view);
  if (job.made) return {std::move(out)};
  return {std::move(out), fitted(job, live)};
}

std::vector<RunValue> work_made_clusterer(const Job& job) {
  const HeldFeatures held = features_at(job, "data");
  const ConstArray features = held.view;
  NodeContext context(job.services, job.seed, job.listener);
  const auto live = job.made->use(job.services, job.listener);
  Array labels = context.context().allocate<std::int64_t>({features.rows()});
  ClustererProxy(live->object()).predict(context.context(), features, labels.mutable_view());
  return {std::move(labels)};
}

/// Of `whole` seconds in fit, what the clusterer says that it converted for.
double convert_seconds_of(const Clustering& found, double whole, std::string_view id) {
  const double seconds = found.convert_seconds;
  if (!(seconds >= 0 && seconds <= whole))
    throw Error(SHOAL_E_FAILED,
                text("{} broke its contract: it says that it converted for {} s, but was at work for {} s", id, seconds,
                     whole));
  return seconds;
}

TimedFit fit_here(const Job& job, Context& context, const FitInput& input) {
  TimedFit out;
  out.live = fresh(job);
  const auto begin = std::chrono::steady_clock::now();
  out.found = ClustererProxy(out.live->object()).fit(context, input);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

TimedFit fit_elsewhere(const Job& job, const FitInput& input) {
  const Stretch stretch(job.services.profile, SpanKind::call, job.node.component.id(), "fit in a process of its own");
  return fit_isolated(job, input);
}

std::vector<RunValue> work_clusterer(const Job& job) {
  if (job.made) return work_made_clusterer(job);
  const HeldFeatures held = features_at(job, "data");
  const ConstArray features = held.view;
  NodeContext context(job.services, job.seed, job.listener);
  Context& c = context.context();
  FitInput input{.features = features};
  Array weights;
  HeldFeatures init;
  if (const auto* given = find_input(job, "weights"))
    input.weights = weights = as_weights(std::get<Array>(given->front()), job.services);
  if (find_input(job, "init") != nullptr) {
    init = features_at(job, "init");
    input.init = init.view;
  }
  if (job.notes.data.sha256.empty()) job.notes.data = describe_data(features, job.services.pool);
  TimedFit fit = job.node.isolated ? fit_elsewhere(job, input) : fit_here(job, c, input);
  Clustering& found = fit.found;
  const double convert_seconds = convert_seconds_of(found, fit.seconds, job.node.component.id());

  Array sizes = c.allocate<std::int64_t>({found.clusters});
  auto* size = sizes.mutable_view().data<std::int64_t>();
  for (const std::int64_t label : found.labels.view().vector<std::int64_t>())
    if (label >= 0) ++size[label];
  const auto used = std::count_if(size, size + found.clusters, [](std::int64_t s) { return s > 0; });
  // Shoal's own number on all examples, whatever the method says of itself.
  const auto centers = found.centroids ? std::optional(found.centroids->view()) : std::nullopt;
  const auto labels = found.labels.view().vector<std::int64_t>();
  const double inertia = kernels::within_cluster_sum(c, features, labels, found.clusters, centers);
  RunValue centroids;
  if (found.centroids) centroids = std::move(*found.centroids);
  RunValue clusterer, iterations;
  if (fit.live) clusterer = fitted(job, fit.live);                                // one of another process is gone
  if (found.iterations >= 0) iterations = static_cast<double>(found.iterations);  // −1: a library that does not tell
  return {std::move(found.labels),
          std::move(clusterer),
          std::move(centroids),
          std::move(sizes),
          inertia,
          inertia / static_cast<double>(features.rows()),
          static_cast<double>(used),
          std::move(iterations),
          fit.seconds - convert_seconds,
          convert_seconds};
}

std::vector<RunValue> work_encoder(const Job& job) {
  NodeContext context(job.services, job.seed, job.listener);
  const auto& data = std::get<std::shared_ptr<const Made>>(find_input(job, "data")->front());
  const auto live = data->use(job.services, job.listener);
  DatasetProxy dataset(live->object());
  dataset.open(live->context());
  const Examples examples(context.context(), dataset);
  const std::shared_ptr<const Made> made = job.made ? job.made : declare(job);
  const auto encoder = make_encoder(*made, examples.shape(), job.services, job.listener);
  encoder->to(job.device);
  const at::Tensor embeddings = embed(context.context(), *encoder, examples, job.device);
  return {context.context().copy(view(embeddings))};
}

/// Where a metric's numbers and arrays land.
struct MetricSink {
  shoal_results c;  // first: a shoal_results* is a pointer to this
  const GraphNode* node;
  const shoal_context* context;
  std::vector<RunValue> values;

  static MetricSink& of(const shoal_results* results) {
    return *reinterpret_cast<MetricSink*>(const_cast<shoal_results*>(results));
  }
  int put(const char* output, std::string_view type, RunValue value) {
    const auto number = node->find_output(output);
    if (!number || node->outputs[*number].type != type)
      return context->host->fail(context, SHOAL_E_FAILED,
                                 text("it gave {} '{}', which it did not declare", type, output).c_str());
    values[*number] = std::move(value);
    return SHOAL_OK;
  }
};

HeldFeatures metric_input(const Job& job, std::string_view type, const RunValue& value) {
  if (type == "features") return as_features(value, job.services, job.listener);
  const auto& array = std::get<Array>(value);
  return {.view = array.view(), .array = array};
}

/// What a list port of a metric is given: its arrays, (R, …), in their order.
HeldFeatures stack(const Job& job, const InputPort& port, const std::vector<RunValue>& values) {
  std::vector<HeldFeatures> held;
  for (const RunValue& value : values) held.push_back(metric_input(job, port.type, value));
  const ConstArray first = held.front().view;
  Shape shape(first.shape().begin(), first.shape().end());
  shape.insert(shape.begin(), static_cast<Index>(held.size()));
  Array out = allocate_array(job.services, first.dtype(), shape);
  auto* to = static_cast<char*>(out.mutable_view().bytes());
  for (std::size_t i = 0; i < held.size(); ++i) {
    const ConstArray one = held[i].view;
    require(one.dtype() == first.dtype() && std::ranges::equal(one.shape(), first.shape()),
            "what is wired to '{}' must be of one shape and dtype, but entry {} is {} {} and entry 1 {} {}", port.name,
            i + 1, to_string(one.shape()), name(one.dtype()), to_string(first.shape()), name(first.dtype()));
    const auto row_bytes = static_cast<std::size_t>(one.cols() * bytes_of(one.dtype()));
    for (Index row = 0; row < one.rows(); ++row, to += row_bytes)
      std::memcpy(to, one.slice(row, row + 1).bytes(), row_bytes);
  }
  return {.view = out.view(), .array = out};
}

std::vector<RunValue> work_metric(const Job& job) {
  NodeContext context(job.services, job.seed, job.listener);
  std::vector<HeldFeatures> held;  // the C arrays point into these
  for (std::size_t i = 0; i < job.node.ports.size(); ++i) {
    const InputPort& port = job.node.ports[i];
    if (job.inputs[i].empty()) held.emplace_back();
    else if (port.list) held.push_back(stack(job, port, job.inputs[i]));
    else held.push_back(metric_input(job, port.type, job.inputs[i].front()));
  }
  std::vector<shoal_array> arrays;
  for (const HeldFeatures& input : held) arrays.push_back(input.view.c_array());
  std::vector<const shoal_array*> pointers;
  for (std::size_t i = 0; i < arrays.size(); ++i) pointers.push_back(job.inputs[i].empty() ? nullptr : &arrays[i]);

  const shoal_context* c = context.context().c_context();
  MetricSink sink{{sizeof(shoal_results),
                   [](const shoal_results* results, const char* output, double value) {
                     return MetricSink::of(results).put(output, "number", value);
                   },
                   [](const shoal_results* results, const char* output, shoal_buffer* value) {
                     return MetricSink::of(results).put(output, "array", Array(value));
                   }},
                  &job.node,
                  c,
                  std::vector<RunValue>(job.node.outputs.size())};
  const auto live = fresh(job);
  const auto* table = live->object().get<shoal_metric_1>("metric/1");
  detail::check_status(c, table->compute(live->object().self(), c, pointers.data(), &sink.c));
  return std::move(sink.values);
}

std::vector<RunValue> work_trainer(const Job& job) {
  NodeContext context(job.services, job.seed, job.listener);
  const auto live = fresh(job);
  TrainerInputs inputs(job.node, job.inputs, job.services, job.listener, job.device);
  TrainerOutputs outputs(job.node, inputs);
  {
    const Stretch stretch(job.services.profile, SpanKind::call, job.node.component.id(), "run");
    torch_component<Trainer>(live->object()).run(context.context(), inputs, outputs);
  }
  return outputs.finish(job.last_scalars);
}

}  // namespace

std::vector<RunValue> do_work(const Job& job) {
  const std::string_view kind = job.node.kind();
  if (kind == "transform") return work_transform(job);
  if (kind == "clusterer") return work_clusterer(job);
  if (kind == "encoder") return work_encoder(job);
  if (kind == "metric") return work_metric(job);
  if (kind == "trainer") return work_trainer(job);
  throw Error(SHOAL_E_FAILED, text("nothing is known of how a {} works", kind));
}

std::shared_ptr<const Made> declare(const Job& job) {
  auto made = std::make_shared<Made>();
  made->entry = job.node.component;
  made->parameters = job.node.parameters;
  made->seed = job.seed;
  if (job.node.at_work) return made;
  for (std::size_t i = 0; i < job.node.ports.size(); ++i) {
    if (job.inputs[i].empty()) continue;
    made->inputs.emplace_back(job.node.ports[i].name, std::vector<std::shared_ptr<const Made>>{});
    for (const RunValue& value : job.inputs[i])
      made->inputs.back().second.push_back(std::get<std::shared_ptr<const Made>>(value));
  }
  const std::string_view kind = job.node.kind();
  if (kind == "dataset" || kind == "augmentation") made->shared = made->make(job.services, job.listener);
  // A file that is missing or lies is said at the dataset's own node, not at one that reads from it.
  if (kind == "dataset") DatasetProxy(made->shared->object()).open(made->shared->context());
  return made;
}

Array dataset_labels(const Made& made, Services& services, Listener* listener) {
  const auto live = made.use(services, listener);
  DatasetProxy dataset(live->object());
  dataset.open(live->context());
  return dataset.labels(live->context());
}

HeldFeatures as_examples(const Made& made, Services& services, Listener* listener) {
  auto live = made.use(services, listener);
  DatasetProxy dataset(live->object());
  dataset.open(live->context());
  if (const auto examples = dataset.view(live->context()))
    return {.view = examples->flattened(), .dataset = std::move(live)};
  Array examples = dataset.examples(live->context());
  return {.view = examples.view().flattened(), .array = std::move(examples)};
}

HeldFeatures as_features(const RunValue& value, Services& services, Listener* listener) {
  if (const auto* array = std::get_if<Array>(&value)) return {.view = array->view(), .array = *array};
  const auto* made = std::get_if<std::shared_ptr<const Made>>(&value);
  require(made != nullptr && *made != nullptr, "what is wired here is neither features nor a dataset");
  return as_examples(**made, services, listener);
}

}  // namespace shoal::host
