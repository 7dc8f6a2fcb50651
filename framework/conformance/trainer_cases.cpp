// What a trainer must hold to: shoal/torch/trainer.h. Wired to toys, since a trainer is nothing without what it trains.
#include <map>

#include "framework/conformance/torch_work.h"
#include "shoal/clusterer.h"
#include "shoal/matrix.h"
#include "shoal/torch/testing_toys.h"
#include "shoal/torch/trainer.h"

namespace shoal::host::conformance {
namespace {

constexpr Index kExamples = 320, kClasses = 4;

/// Four clusters around the first examples of each class of the toy dataset; predict is the nearest of them.
class ToyClusterer final : public Clusterer {
 public:
  Clustering fit(Context& context, const FitInput& input) override {
    centres_ = to_float64(input.features).topRows(std::min<Index>(kClasses, input.features.rows()));
    Array labels = context.allocate<std::int64_t>({input.features.rows()});
    predict(context, input.features, labels.mutable_view());
    Array centroids = context.allocate(input.features.dtype(), Shape{centres_.rows(), centres_.cols()});
    if (input.features.dtype() == DType::kFloat32) centroids.mutable_view().matrix<float>() = centres_.cast<float>();
    else centroids.mutable_view().matrix<double>() = centres_;
    return {
        .labels = std::move(labels), .centroids = std::move(centroids), .clusters = centres_.rows(), .iterations = 1};
  }
  void predict(Context&, ConstArray features, MutableArray labels) const override {
    const RowMatrix<double> x = to_float64(features);
    for (Index i = 0; i < x.rows(); ++i) {
      Eigen::Index nearest = 0;
      (centres_.rowwise() - x.row(i)).rowwise().squaredNorm().minCoeff(&nearest);
      labels.vector<std::int64_t>()[static_cast<std::size_t>(i)] = nearest;
    }
  }

 private:
  RowMatrix<double> centres_;
};

class ToyObjective final : public Objective {
 public:
  Loss loss(const std::vector<at::Tensor>& views) override {
    require_views(views);
    return {(views[0] - views[1]).pow(2).mean() - views[0].std(0).mean(), {}};
  }
};

class ToyAugmentation final : public Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const Random& random) const override {
    at::Tensor out = batch.clone();
    for (Index i = 0; i < batch.size(0); ++i)
      out[i].add_(0.05 * (random.fork(static_cast<std::uint64_t>(i)).uniform() - 0.5));
    return out;
  }
};

/// What is known of a port of a trainer: what is wired to it.
void wire(testing::TestInputs& inputs, Context& context, const shoal_port& port) {
  const std::string_view type = port.type;
  const std::string name = port.name;
  const bool list = (port.flags & SHOAL_VARIADIC) != 0;
  const int times = list ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    if (type == "dataset") inputs.wire<testing::Blobs>(name, kExamples);
    else if (type == "encoder" && port.needs != nullptr) inputs.wire<testing::ToyAutoencoder>(name);
    else if (type == "encoder") inputs.wire<testing::ToyEncoder>(name);
    else if (type == "head") inputs.wire<testing::ToyHead>(name), inputs.trained_for(name, kClasses);
    else if (type == "objective") inputs.wire<ToyObjective>(name);
    else if (type == "augmentation") inputs.wire<ToyAugmentation>(name);
    else if (type == "clusterer" && i == 0) inputs.wire<ToyClusterer>(name);
    else if (type == "labels" || type == "array") {
      const bool table = type == "array";  // (N, 3) rows of neighbours, which is what trainers take so far
      Array values =
          table ? context.allocate<std::int64_t>({kExamples, 3}) : context.allocate<std::int64_t>({kExamples});
      auto* v = values.mutable_view().data<std::int64_t>();
      for (Index at = 0; at < values.size(); ++at)
        v[at] = table ? (at / 3 + kClasses * (at % 3 + 1)) % kExamples : at % kClasses;
      inputs.wire_array(name, std::move(values));
    } else if (type == "number") {
      inputs.wire_number(name, 0.5);
    } else if (type != "transform" && type != "clusterer") {
      throw Skipped(text("its input '{}' takes a {}, of which the kit has none", name, type));
    }
  }
}

/// A trainer that has run.
struct Trained {
  explicit Trained(Trial& trial, bool all = false) : inputs(trial.host()) {
    for (const shoal_port* const* port = trial.object().component().inputs; port != nullptr && *port != nullptr; ++port)
      if (all || ((*port)->flags & (SHOAL_REQUIRED | SHOAL_VARIADIC)) != 0) wire(inputs, trial.context(), **port);
    try {
      torch_component<Trainer>(trial.object()).run(trial.context(), inputs, outputs);
    } catch (const InputError& refused) {
      throw Skipped(text("it refuses the toys that the kit has for it: {}", refused.what()));
    }
  }
  Result result(testing::Host& host) const {
    Result out;
    for (const auto& [name, encoder] : outputs.encoders) add(out, name + ".", encoder->state());
    for (const auto& [name, head] : outputs.heads) add(out, name + ".", head->state());
    for (const auto& [name, objective] : outputs.objectives) add(out, name + ".", objective->state());
    for (const auto& [name, array] : outputs.arrays) out.add(name, array);
    for (const auto& [name, number] : outputs.numbers)
      if (name.find("seconds") == std::string::npos) out.add(name, number);
    for (const testing::Scalar& scalar : host.scalars())
      if (scalar.name.find("seconds") == std::string::npos) out.add(scalar.name, scalar.value);
    return out;
  }
  testing::TestInputs inputs;
  testing::TestOutputs outputs;
};

Result work(Trial& trial, const Form&) { return Trained(trial).result(trial.host()); }

bool is_component(std::string_view type) { return type == "encoder" || type == "head" || type == "objective"; }

/// With everything wired, all components that it declares are given.
void components_given(const Subject& s) {
  Trial trial(s);
  const Trained trained(trial, true);
  for (const shoal_port* const* port = s.component().outputs; port != nullptr && *port != nullptr; ++port) {
    const std::string name = (*port)->name;
    const bool given = trained.outputs.encoders.contains(name) || trained.outputs.heads.contains(name) ||
                       trained.outputs.objectives.contains(name);
    expect(given || !is_component((*port)->type), "it does not give its output '{}', with all its inputs wired", name);
  }
}

void outputs_as_declared(const Subject& s) {
  Trial trial(s);
  const Trained trained(trial);
  std::map<std::string, std::string> given;
  for (const auto& [name, value] : trained.outputs.encoders) given[name] = "encoder";
  for (const auto& [name, value] : trained.outputs.heads) given[name] = "head";
  for (const auto& [name, value] : trained.outputs.objectives) given[name] = "objective";
  for (const auto& [name, value] : trained.outputs.arrays) given[name] = "array";
  for (const auto& [name, value] : trained.outputs.numbers) given[name] = "number";
  for (const testing::Scalar& scalar : trial.host().scalars()) given.try_emplace(scalar.name, "series");
  for (const shoal_port* const* port = s.component().outputs; port != nullptr && *port != nullptr; ++port) {
    const std::string name = (*port)->name, type = (*port)->type;
    const auto found = given.find(name);
    const bool array = type == "features" || type == "labels" || type == "array";
    if (found == given.end()) {  // an optional input may be what it is for
      if (is_component(type)) components_given(s);
      continue;
    }
    expect(found->second == (array ? "array" : type), "its output '{}' is declared as {}, but it gives a {}", name,
           type, found->second);
    given.erase(found);
  }
  for (const auto& [name, type] : given)
    expect(type == "series", "it gives an output '{}', which it does not declare", name);
}

void results_finite(const Subject& s) {
  Trial trial(s);
  const auto bad = work(trial, {}).not_finite();
  expect(!bad, "trained on ordinary examples, {}", bad.value_or(""));
}

void all_wired(const Subject& s) {
  Trial trial(s);
  const Trained trained(trial, true);
}

}  // namespace

Kind trainer_kind(const Subject& subject) {
  const Subject* s = &subject;
  const auto of = [s](void (*function)(const Subject&)) { return [s, function] { function(*s); }; };
  Kind kind{.work = &work};
  kind.cases = {
      {"outputs-as-declared", "what it gives is declared, and of the declared type", of(outputs_as_declared)},
      {"results-finite", "ordinary examples give finite weights and numbers", of(results_finite)},
      {"optional-inputs-too", "it runs with all its inputs wired", of(all_wired)},
  };
  return kind;
}

}  // namespace shoal::host::conformance
