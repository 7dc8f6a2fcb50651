#include "weight_decay.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>

#include "shoal/torch/checkpoint.h"

using shoal::Index;

namespace {

constexpr Index kHeldOut = 6;  // the last sixth of the training examples chooses the weight decay

/// Where the search is: what the fits to come depend on.
struct Search {
  Layer layer;  // of the last fit, or what the first begins from
  Chosen best;
  double best_accuracy = -1;

  void save(shoal::StateWriter& state) const {
    shoal::save_tensor(state, "layer", layer.weights);
    shoal::save_tensor(state, "best layer", best.layer.weights);
    shoal::save_number(state, "best weight decay", best.weight_decay);
    shoal::save_number(state, "best accuracy", best_accuracy);
  }
  void load(const shoal::StateReader& state) {
    best = {shoal::load_number<double>(state, "best weight decay"), {at::empty_like(layer.weights)}};
    layer = {at::empty_like(layer.weights)};  // what it began from is another's
    shoal::load_tensor(state, "layer", layer.weights);
    shoal::load_tensor(state, "best layer", best.layer.weights);
    best_accuracy = shoal::load_number<double>(state, "best accuracy");
  }
};

}  // namespace

double share_right(const at::Tensor& predicted, const at::Tensor& labels) {
  return predicted.eq(labels).to(at::kDouble).mean().item<double>();
}

Chosen choose_weight_decay(shoal::Context& context, const Columns& train, const Layer& start,
                           std::vector<double> candidates, const FitLayer& fit_layer) {
  const Index held_out = train.count() / kHeldOut;
  shoal::require(held_out >= 1,
                 "to choose among {} weight_decays a sixth of the training examples is held out, but there are only {}",
                 candidates.size(), train.count());
  const Columns learn = train.slice(0, train.count() - held_out);
  const Columns judge = train.slice(train.count() - held_out, train.count());
  std::sort(candidates.begin(), candidates.end(), std::greater<>());
  Search search{start, {candidates.front(), start}};
  const shoal::Checkpoint checkpoint(context, "weight decay");
  Index done = checkpoint.restore([&](const shoal::StateReader& state) { search.load(state); });
  while (done < static_cast<Index>(candidates.size())) {
    const double weight_decay = candidates[static_cast<std::size_t>(done)];
    search.layer = fit_layer(search.layer, learn, weight_decay);
    const double accuracy = share_right(search.layer.predict(judge.features), judge.labels);
    context.log(shoal::Level::kInfo, "weight_decay {}: {} of {} held-out training examples are right", weight_decay,
                accuracy, held_out);
    if (accuracy > search.best_accuracy) {
      search.best_accuracy = accuracy;
      search.best = {weight_decay, search.layer};
    }
    checkpoint.offer(++done, [&](shoal::StateWriter& state) { search.save(state); });
  }
  return search.best;
}
