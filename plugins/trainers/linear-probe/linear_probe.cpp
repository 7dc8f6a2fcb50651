#include "linear_probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <memory>

#include "affine_layer.h"
#include "logistic_regression.h"
#include "shoal/matrix.h"
#include "weight_decay.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;

/// Remembers a module byte by byte.
class Frozen {
 public:
  Frozen(const char* what, const shoal::Module& module) : what_(what), module_(module) {
    for (const auto& [name, tensor] : module.state()) before_.push_back(bytes(tensor));
  }
  /// Throws Error where a byte has changed since.
  void require_unchanged() const {
    const shoal::NamedTensors now = module_.state();
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (i < before_.size() && bytes(now[i].second) == before_[i]) continue;
      throw shoal::Error(SHOAL_E_FAILED,
                         shoal::text("the {} changed its own '{}' while it was only read, in eval mode; so this is no "
                                     "probe of a frozen {}",
                                     what_, now[i].first, what_));
    }
  }

 private:
  static std::string bytes(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.detach().cpu().contiguous();
    return {static_cast<const char*>(plain.const_data_ptr()), plain.nbytes()};
  }

  const char* what_;
  const shoal::Module& module_;
  std::vector<std::string> before_;
};

/// Throws InputError  a feature is NaN or infinite: its row (example) and column (feature) are named
void require_finite(const at::Tensor& features) {  // (N, F), of any strides
  for (Index feature = 0; feature < features.size(1); ++feature) {
    const at::Tensor column = features.select(1, feature);
    if (column.isfinite().all().item<bool>()) continue;
    const auto example = column.isfinite().logical_not().nonzero()[0].item<std::int64_t>();
    throw shoal::InputError(shoal::text("features hold {} at row {}, column {}",
                                        column[example].isnan().item<bool>() ? "NaN" : "an infinity", example,
                                        feature));
  }
}

/// What is read of all examples, (F, N) float32: one feature's numbers lie side by side.
at::Tensor read_columns(Context& context, shoal::Reader& reader, const Examples& examples) {
  at::Tensor columns = at::empty({reader.features(), examples.count()}, at::kFloat);
  shoal::read_into(context, reader, examples, columns.t());
  require_finite(columns.t());
  return columns;
}

/// The same as (N, F), as a head takes it.
at::Tensor read_rows(Context& context, shoal::Reader& reader, const Examples& examples) {
  at::Tensor rows = at::empty({examples.count(), reader.features()}, at::kFloat);
  shoal::read_into(context, reader, examples, rows);
  require_finite(rows);
  return rows;
}

/// The head wired to 'classifier', for the layer to be put into; null where none is.
/// Throws InputError  its logits are not x·Wᵀ + b
std::unique_ptr<shoal::Head> find_classifier(shoal::Inputs& inputs, Index features, Index classes) {
  if (!inputs.has("classifier")) return nullptr;
  std::unique_ptr<shoal::Head> head = inputs.head("classifier", features, classes);
  const auto [weight, bias] = head->class_vectors();
  shoal::require(weight.defined() && bias.defined(),
                 "'classifier' is to take a linear layer with a bias, but the head wired there is no such map; wire "
                 "head/linear");
  return head;
}

void put_into(shoal::Head& head, const AffineLayer& layer) {
  const c10::NoGradGuard no_grad;
  const auto [weight, bias] = head.class_vectors();
  weight.copy_(layer.weight);
  bias.copy_(layer.bias);
}

struct Targets {
  at::Tensor labels;  // (N) int64 on the CPU
  Index classes;
};

/// What the layer is to say of 'train': its own labels, or those wired to 'labels'.
Targets targets_of(shoal::Inputs& inputs, const Examples& train) {
  if (!inputs.has("labels")) {
    shoal::require(train.labels().defined(), "'train' has no labels, and none are wired to 'labels'");
    return {train.labels(), train.classes()};
  }
  const shoal::Array wired = shoal::labels_of(inputs, "labels", "train", train.count());
  const auto labels = wired.view().vector<std::int64_t>();
  for (std::size_t i = 0; i < labels.size(); ++i)
    shoal::require(labels[i] >= 0, "'labels' hold {} at row {}; every example needs one that is at least 0", labels[i],
                   i);
  return {shoal::tensor(wired), *std::max_element(labels.begin(), labels.end()) + 1};
}

/// What the layer says of features (M, F): labels (M) int64 on the CPU. By `head`, which then holds it, unless null.
at::Tensor predict(const AffineLayer& layer, shoal::Head* head, const at::Tensor& features, at::Device device) {
  if (head == nullptr) return layer.logits(features.to(device)).argmax(/*dim=*/1).cpu();
  put_into(*head, layer);
  return shoal::predictions(*head, features, shoal::Compute(device)).labels;
}

/// How often class r was taken for class c, (C, C) int64.
shoal::Array confusion(const Context& context, const at::Tensor& labels, const at::Tensor& predicted, Index classes) {
  shoal::Array out = context.allocate<std::int64_t>({classes, classes});
  const auto counts = out.mutable_view().matrix<std::int64_t>();
  const auto truth = shoal::view(labels).vector<std::int64_t>();
  const auto found = shoal::view(predicted).vector<std::int64_t>();
  auto table = counts;
  for (std::size_t i = 0; i < truth.size(); ++i) ++table(truth[i], found[i]);
  return out;
}

}  // namespace

void LinearProbe::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const Examples train(context, *inputs.dataset("train"));
  const Examples test(context, *inputs.dataset("test"));
  const bool given = inputs.has("labels");
  const Targets targets = targets_of(inputs, train);
  shoal::require(given || test.labels().defined(), "'test' has no labels to be right about");
  shoal::require(test.shape() == train.shape(), "'test' holds examples of shape {}, but 'train' of {}",
                 shoal::to_string(test.shape()), shoal::to_string(train.shape()));
  shoal::require(given || test.classes() <= targets.classes, "'test' has {} classes, but 'train' only {}",
                 given ? 0 : test.classes(), targets.classes);

  // 1. The features, once, from an encoder that stays what it is.
  const shoal::Compute compute = shoal::choose_compute(context, inputs.device(), params_, outputs);
  shoal::Reader reader = shoal::Reader::of(inputs, train.shape(), params_, compute);
  reader.require_room(train.count() + test.count(), sizeof(float));
  std::vector<Frozen> frozen{{"encoder", reader.encoder()}};
  if (reader.head() != nullptr) frozen.emplace_back("head", *reader.head());
  std::unique_ptr<shoal::Head> classifier = find_classifier(inputs, reader.features(), targets.classes);
  const at::Tensor train_features = read_columns(context, reader, train);
  const at::Tensor test_features = read_rows(context, reader, test);
  for (const Frozen& module : frozen) module.require_unchanged();
  const Moments moments = params_.standardize ? standardize(train_features) : Moments();
  const Columns learn{train_features.to(compute.device()), targets.labels.to(compute.device())};

  // 2. The layer: weight decay by held-out training examples, then all of them.
  Index evaluations = 0;
  const auto fit_layer = [&](const Layer& start, const Columns& data, double weight_decay) {
    return fit(start, data, {.weight_decay = weight_decay, .max_iter = params_.max_iter},
               [&] { context.progress(++evaluations, 0, "evaluations"); });
  };
  Chosen chosen{params_.weight_decays.front(), Layer::zeros(targets.classes, learn)};
  if (params_.weight_decays.size() > 1)
    chosen = choose_weight_decay(context, learn, chosen.layer, params_.weight_decays, fit_layer);
  const Layer layer = fit_layer(chosen.layer, learn, chosen.weight_decay);

  // 3. The test set, once, by the layer as it is given out: for features as they are read.
  const at::Tensor predicted = predict(fold(layer, moments), classifier.get(), test_features, compute.device());
  if (classifier != nullptr) outputs.head("head", std::move(classifier));
  outputs.number("train_accuracy", share_right(layer.predict(learn.features), learn.labels));
  outputs.number("weight_decay", chosen.weight_decay);
  outputs.array("predicted", context.copy(shoal::view(predicted)));
  if (given) return;  // numbered as the wired labels are, which says nothing of the dataset's own
  outputs.number("accuracy", share_right(predicted, test.labels()));
  outputs.array("confusion", confusion(context, test.labels(), predicted, targets.classes));
}
