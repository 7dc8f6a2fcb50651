#include "shoal/torch/reader.h"

#include <cmath>
#include <utility>

#include "map_batches.h"
#include "shoal/nearest_name.h"

namespace shoal {
namespace {
// As embed has it.
constexpr Index kBatch = 256;

void map_into(Context& context, Reader& reader, const Examples& examples, const at::Tensor& out,
              const std::function<at::Tensor(const at::Tensor&, Index batch)>& map) {
  require(out.dim() == 2 && out.size(0) == examples.count() && out.size(1) == reader.features(),
          "expected room for {}, got {}", to_string(Shape{examples.count(), reader.features()}),
          to_string(Shape(out.sizes().vec())));
  const EvalMode encoder(reader.encoder());
  if (reader.head() == nullptr) {
    map_batches(context, examples, kBatch, map, out);
  } else {
    const EvalMode head(*reader.head());
    map_batches(context, examples, kBatch, map, out);
  }
}

}  // namespace

std::vector<Reader::Place> Reader::places(Index head_outputs) const {
  std::vector<Place> out;
  const auto add = [&](const std::string& prefix, Component* component, auto&& before) {
    auto* readouts = dynamic_cast<Readouts*>(component);
    if (readouts == nullptr) return;
    const std::vector<Readouts::Place> own = readouts->readouts();
    for (std::size_t i = 0; i < own.size(); ++i)
      out.push_back({prefix + own[i].name, own[i].features,
                     [readouts, before, i](const at::Tensor& x) { return readouts->forward_to(i, before(x)); }});
  };
  const auto embedding = [encoder = encoder_.get()](const at::Tensor& x) { return encoder->forward(x); };
  add("", encoder_.get(), [](const at::Tensor& x) { return x; });
  out.push_back({"embedding", encoder_->embedding_size(), embedding});
  if (head_ == nullptr) return out;
  add("head.", head_.get(), embedding);
  out.push_back({"head", head_outputs,
                 [embedding, head = head_.get()](const at::Tensor& x) { return head->forward(embedding(x)); }});
  return out;
}

Reader::Reader(std::unique_ptr<Encoder> encoder, WithHead head, const ReadoutOptions& options, const Compute& compute)
    : encoder_(std::move(encoder)),
      head_(std::move(head.head)),
      memory_limit_gb_(options.memory_limit_gb),
      compute_(compute) {
  const std::string& wanted = options.readout;
  std::vector<std::string> names;
  std::string list;
  for (Place& place : places(head.outputs)) {
    names.push_back(place.name);
    list += (list.empty() ? "" : ", ") + place.name;
    if (place.name == wanted) place_ = std::move(place);
  }
  if (place_.read) return;
  const bool lacks_head = head_ == nullptr && (wanted == "head" || wanted.starts_with("head."));
  throw InputError(text("there is no readout '{}', only {}{}", wanted, list,
                        lacks_head ? "; to read a head, wire one to 'head'" : did_you_mean(wanted, names)));
}

Reader Reader::of(Inputs& inputs, const Shape& example, const ReadoutOptions& options, const Compute& compute) {
  std::unique_ptr<Encoder> encoder = inputs.encoder("encoder", example);
  WithHead head;
  if (inputs.has("head")) {
    head.outputs = inputs.trained_classes("head");
    head.head = inputs.head("head", encoder->embedding_size(), head.outputs);
  }
  return Reader(std::move(encoder), std::move(head), options, compute);
}

at::Tensor Reader::forward(const at::Tensor& examples) {
  const at::Tensor there = examples.to(compute_.device());
  at::Tensor out = compute_([&] { return place_.read(there); });
  require(out.dim() == 2 && out.size(0) == examples.size(0) && out.size(1) == place_.features,
          "readout '{}' must give {}, but gave {}", place_.name, to_string(Shape{examples.size(0), place_.features}),
          to_string(Shape(out.sizes().vec())));
  return out;
}

void Reader::require_room(Index examples, Index bytes_per_number) const {
  const double gigabytes =
      static_cast<double>(examples) * static_cast<double>(features()) * static_cast<double>(bytes_per_number) / 1e9;
  require(gigabytes <= memory_limit_gb_,
          "readout '{}' has {} numbers an example: of {} examples they take {} GB, but 'memory_limit_gb' is {}; read "
          "a narrower place, fewer examples (dataset/subset), or raise the limit",
          place_.name, features(), examples, std::ceil(gigabytes * 100) / 100, memory_limit_gb_);
}

void read_into(Context& context, Reader& reader, const Examples& examples, const at::Tensor& out) {
  map_into(context, reader, examples, out, [&](const at::Tensor& x, Index) { return reader.forward(x); });
}

void read_views_into(Context& context, Reader& reader, const Examples& examples, const Augmentation& augmentation,
                     const Random& views, const at::Tensor& out) {
  map_into(context, reader, examples, out, [&](const at::Tensor& x, Index batch) {
    return reader.forward(augmentation.apply(context, x, views.fork(static_cast<std::uint64_t>(batch))));
  });
}

}  // namespace shoal
