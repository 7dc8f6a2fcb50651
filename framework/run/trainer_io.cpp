#include "framework/run/trainer_io.h"

#include <algorithm>

#include "framework/run/timed_module.h"

namespace shoal::host {
namespace {

/// Parameters and buffers, copied to the CPU.
NamedTensors copy_of(const Module& module) {
  NamedTensors out;
  for (const auto& [name, tensor] : module.state()) out.emplace_back(name, tensor.detach().to(at::kCPU).clone());
  return out;
}

template <typename Kind>
std::unique_ptr<Kind> take(Live& live) {
  auto& component = torch_component<Kind>(live.object());
  live.instance().release();  // the virtual destructor of Kind deletes it
  return std::unique_ptr<Kind>(&component);
}

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Made& made, const Shape& example, Services& services, Listener* listener) {
  const auto live = made.make(services, listener);
  auto encoder = take<Encoder>(*live);
  {
    const Stretch stretch(services.profile, SpanKind::call, made.entry.id(), "build");
    encoder->build(live->context(), example);
  }
  if (made.trained) copy_state(made.trained->tensors, encoder->state());
  return timed(std::move(encoder), made.entry.id(), services.profile);
}

std::unique_ptr<Head> make_trained_head(const Made& made, Services& services, Listener* listener) {
  require(made.trained != nullptr, "the head of '{}' is not a trained one", made.entry.id());
  const auto live = made.make(services, listener);
  auto head = take<Head>(*live);
  head->build(live->context(), made.trained->embedding, made.trained->classes);
  copy_state(made.trained->tensors, head->state());
  return head;
}

TrainerInputs::TrainerInputs(const GraphNode& node, std::vector<std::vector<RunValue>> wired, Services& services,
                             Listener* listener, at::Device device)
    : node_(node), wired_(std::move(wired)), services_(services), listener_(listener), device_(device) {}

const std::vector<RunValue>& TrainerInputs::values(std::string_view port) const {
  for (std::size_t i = 0; i < node_.ports.size(); ++i)
    if (node_.ports[i].name == port) return wired_[i];
  throw Error(SHOAL_E_FAILED, text("{} asked for input '{}', which it did not declare", node_.component.id(), port));
}

const std::shared_ptr<const Made>& TrainerInputs::made(std::string_view port, Index index) const {
  const auto& all = values(port);
  require(index < static_cast<Index>(all.size()), "nothing is wired to '{}'", port);
  return *std::get_if<std::shared_ptr<const Made>>(&all[static_cast<std::size_t>(index)]);
}

Live& TrainerInputs::keep(std::shared_ptr<Live> live) {
  kept_.push_back(std::move(live));
  return *kept_.back();
}

bool TrainerInputs::has(std::string_view port) const { return !values(port).empty(); }
Index TrainerInputs::count(std::string_view port) const { return static_cast<Index>(values(port).size()); }

std::unique_ptr<DatasetProxy> TrainerInputs::dataset(std::string_view port) {
  Live& live = keep(made(port)->use(services_, listener_));
  auto proxy = std::make_unique<DatasetProxy>(live.object());
  proxy->open(live.context());
  return proxy;
}

std::unique_ptr<ClustererProxy> TrainerInputs::clusterer(std::string_view port, Index index) {
  return std::make_unique<ClustererProxy>(keep(made(port, index)->make(services_, listener_)).object());
}

std::unique_ptr<TransformProxy> TrainerInputs::transform(std::string_view port, Index index) {
  Live& live = keep(made(port, index)->make(services_, listener_));
  return std::make_unique<TransformProxy>(live.object(), live.context());
}

const Augmentation& TrainerInputs::augmentation(std::string_view port) {
  const auto& augmentation = torch_component<Augmentation>(keep(made(port)->use(services_, listener_)).object());
  if (services_.profile == nullptr) return augmentation;
  return *timed_augmentations_.emplace_back(timed(augmentation, made(port)->entry.id(), *services_.profile));
}

std::unique_ptr<Encoder> TrainerInputs::encoder(std::string_view port, const Shape& example, Index index) {
  last_encoder_ = made(port, index);
  auto encoder = make_encoder(*last_encoder_, example, services_, listener_);
  encoder->to(device_);
  example_ = example;
  return encoder;
}

std::unique_ptr<Head> TrainerInputs::head(std::string_view port, Index embedding, Index classes, Index draw) {
  last_head_ = made(port);
  const auto live = last_head_->make(services_, listener_);
  auto head = take<Head>(*live);
  SubContext context(live->context(), "draw", draw);
  {
    const Stretch stretch(services_.profile, SpanKind::call, last_head_->entry.id(), "build");
    head->build(context, embedding, classes);
  }
  if (last_head_->trained) copy_state(last_head_->trained->tensors, head->state());
  head->to(device_);
  head = timed(std::move(head), last_head_->entry.id(), services_.profile);
  head_sizes_[head.get()] = last_head_sizes_ = {embedding, classes};
  return head;
}

TrainerInputs::HeadSizes TrainerInputs::head_sizes(const Head& head) const {
  const auto found = head_sizes_.find(&head);
  return found == head_sizes_.end() ? last_head_sizes_ : found->second;
}

Index TrainerInputs::trained_classes(std::string_view port) const {
  const Made& from = *made(port);
  require(from.trained != nullptr, "the head wired to '{}' is not a trained one; wire a trainer's output", port);
  return from.trained->classes;
}

std::unique_ptr<Objective> TrainerInputs::objective(std::string_view port, Index outputs) {
  last_objective_ = made(port);
  const auto live = last_objective_->make(services_, listener_);
  auto objective = take<Objective>(*live);
  {
    const Stretch stretch(services_.profile, SpanKind::call, last_objective_->entry.id(), "build");
    objective->build(live->context(), outputs);
  }
  if (last_objective_->trained) copy_state(last_objective_->trained->tensors, objective->state());
  objective->to(device_);
  outputs_ = outputs;
  return timed(std::move(objective), last_objective_->entry.id(), services_.profile);
}

Array TrainerInputs::array(std::string_view port, Index index) {
  const auto& all = values(port);
  require(index < static_cast<Index>(all.size()), "nothing is wired to '{}'", port);
  const auto* array = std::get_if<Array>(&all[static_cast<std::size_t>(index)]);
  require(array != nullptr, "what is wired to '{}' is no array", port);
  return *array;
}

double TrainerInputs::number(std::string_view port) {
  const auto& all = values(port);
  require(!all.empty(), "nothing is wired to '{}'", port);
  if (const auto* series = std::get_if<Series>(&all[0])) return series->last;
  const auto* number = std::get_if<double>(&all[0]);
  require(number != nullptr, "what is wired to '{}' is no number", port);
  return *number;
}

RunValue& TrainerOutputs::slot(std::string_view output, std::initializer_list<std::string_view> types) {
  const auto number = node_.find_output(output);
  if (!number)
    throw Error(SHOAL_E_FAILED, text("{} gave output '{}', which it did not declare", node_.component.id(), output));
  const OutputPort& port = node_.outputs[*number];
  if (std::find(types.begin(), types.end(), port.type) == types.end())
    throw Error(SHOAL_E_FAILED,
                text("{} declared '{}' as {}, and gave another thing", node_.component.id(), output, port.type));
  return values_[*number];
}

std::shared_ptr<const Made> TrainerOutputs::trained(const std::shared_ptr<const Made>& from, std::string_view kind,
                                                    Trained trained) const {
  if (from == nullptr) throw Error(SHOAL_E_FAILED, text("{} gives {}, but asked for none", node_.component.id(), kind));
  auto made = std::make_shared<Made>(*from);
  made->trained = std::make_shared<const Trained>(std::move(trained));
  made->shared = nullptr;
  return made;
}

void TrainerOutputs::encoder(std::string_view output, std::unique_ptr<Encoder> value) {
  slot(output, {"encoder"}) =
      trained(inputs_.last_encoder(), "an encoder",
              {.tensors = copy_of(*value), .example = inputs_.example_shape(), .embedding = value->embedding_size()});
}

void TrainerOutputs::head(std::string_view output, std::unique_ptr<Head> value) {
  const auto [embedding, classes] = inputs_.head_sizes(*value);
  slot(output, {"head"}) =
      trained(inputs_.last_head(), "a head", {.tensors = copy_of(*value), .embedding = embedding, .classes = classes});
}

void TrainerOutputs::objective(std::string_view output, std::unique_ptr<Objective> value) {
  slot(output, {"objective"}) = trained(inputs_.last_objective(), "an objective",
                                        {.tensors = copy_of(*value), .outputs = inputs_.objective_outputs()});
}

void TrainerOutputs::array(std::string_view output, Array value) {
  slot(output, {"array", "labels", "features"}) = std::move(value);
}

void TrainerOutputs::number(std::string_view output, double value) { slot(output, {"number"}) = value; }

std::vector<RunValue> TrainerOutputs::finish(const std::map<std::string, double>& last_scalars) {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const OutputPort& port = node_.outputs[i];
    if (port.type == "series") {
      const auto last = last_scalars.find(port.name);
      values_[i] = last == last_scalars.end() ? Series{} : Series{last->second, false};
    }
  }
  return std::move(values_);
}

}  // namespace shoal::host
