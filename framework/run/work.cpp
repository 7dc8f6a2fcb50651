#include "framework/run/work.h"

#include <algorithm>
#include <cstring>

#include "framework/run/array_work.h"
#include "framework/run/data_seen.h"
#include "framework/run/isolated_work.h"
#include "framework/run/trainer_io.h"
#include "shoal/clusterer.h"
#include "shoal/dataset.h"
#include "shoal/kernels/within_cluster.h"
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

/// What the component makes of arrays: here, where `live` is then the component that did, or in a process of its own
/// where the node says so, which leaves none.
ArrayResult make_of_arrays(const Job& job, Context& context, const PortArrays& inputs, std::shared_ptr<Live>& live) {
  if (!job.node.isolated) {
    live = fresh(job);
    return work_on_arrays(context, *live, job.node.component, inputs);
  }
  const Stretch stretch(job.services.profile, SpanKind::call, job.node.component.id(), "work in a process of its own");
  return work_isolated(job, inputs);
}

/// The learnt component as an output, empty where it is gone with its process.
RunValue learnt(const Job& job, std::shared_ptr<Live> live) {
  if (live == nullptr) return {};
  return fitted(job, std::move(live));
}

std::vector<RunValue> work_transform(const Job& job) {
  const HeldFeatures features = features_at(job, "data");
  NodeContext context(job.services, job.seed, job.listener);
  if (job.made) {
    const auto live = job.made->use(job.services, job.listener);
    return {TransformProxy(live->object(), live->context()).apply(context.context(), features.view)};
  }
  std::shared_ptr<Live> live;
  ArrayResult found = make_of_arrays(job, context.context(), {{"data", features.view}}, live);
  return {std::move(found.arrays.at("features")), learnt(job, live)};
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
double convert_seconds_of(double seconds, double whole, std::string_view id) {
  if (!(seconds >= 0 && seconds <= whole))
    throw Error(SHOAL_E_FAILED,
                text("{} broke its contract: it says that it converted for {} s, but was at work for {} s", id, seconds,
                     whole));
  return seconds;
}

std::vector<RunValue> work_clusterer(const Job& job) {
  if (job.made) return work_made_clusterer(job);
  const HeldFeatures held = features_at(job, "data");
  const ConstArray features = held.view;
  NodeContext context(job.services, job.seed, job.listener);
  Context& c = context.context();
  PortArrays inputs = {{"data", features}};
  Array weights;
  HeldFeatures init;
  if (const auto* given = find_input(job, "weights")) {
    weights = as_weights(std::get<Array>(given->front()), job.services);
    inputs.emplace_back("weights", weights);
  }
  if (find_input(job, "init") != nullptr) {
    init = features_at(job, "init");
    inputs.emplace_back("init", init.view);
  }
  if (job.notes.data.sha256.empty()) job.notes.data = describe_data(features, job.services.pool);
  std::shared_ptr<Live> live;
  ArrayResult found = make_of_arrays(job, c, inputs, live);
  const double convert_seconds =
      convert_seconds_of(found.numbers.at("convert_seconds"), found.seconds, job.node.component.id());

  const auto clusters = static_cast<std::int64_t>(found.numbers.at("clusters"));
  Array& labels = found.arrays.at("labels");
  const auto label_of = labels.view().vector<std::int64_t>();
  Array sizes = c.allocate<std::int64_t>({clusters});
  auto* size = sizes.mutable_view().data<std::int64_t>();
  for (const std::int64_t label : label_of)
    if (label >= 0) ++size[label];
  const auto used = std::count_if(size, size + clusters, [](std::int64_t s) { return s > 0; });
  // Shoal's own number on all examples, whatever the method says of itself.
  const auto centroids = found.arrays.find("centroids");
  const bool central = centroids != found.arrays.end();
  const double inertia = kernels::within_cluster_sum(c, features, label_of, clusters,
                                                     central ? std::optional(centroids->second.view()) : std::nullopt);
  const double passes = found.numbers.at("iterations");
  return {std::move(labels),
          learnt(job, live),
          central ? RunValue(std::move(centroids->second)) : RunValue(),
          std::move(sizes),
          inertia,
          inertia / static_cast<double>(features.rows()),
          static_cast<double>(used),
          passes < 0 ? RunValue() : RunValue(passes),  // −1: a library that does not tell
          found.seconds - convert_seconds,
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
  std::vector<HeldFeatures> held;  // keeps what `inputs` show
  PortArrays inputs;
  for (std::size_t i = 0; i < job.node.ports.size(); ++i) {
    const InputPort& port = job.node.ports[i];
    if (job.inputs[i].empty()) continue;
    held.push_back(port.list ? stack(job, port, job.inputs[i]) : metric_input(job, port.type, job.inputs[i].front()));
    inputs.emplace_back(port.name, held.back().view);
  }
  std::shared_ptr<Live> live;
  ArrayResult found = make_of_arrays(job, context.context(), inputs, live);
  std::vector<RunValue> out(job.node.outputs.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string& output = job.node.outputs[i].name;
    if (const auto number = found.numbers.find(output); number != found.numbers.end()) out[i] = number->second;
    if (const auto array = found.arrays.find(output); array != found.arrays.end()) out[i] = std::move(array->second);
  }
  return out;
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
