#include "knn_probe.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "shoal/kernels/neighbors.h"
#include "shoal/torch/examples.h"

namespace {

using shoal::Context;
using shoal::Examples;
using shoal::Index;
using shoal::kernels::Neighbors;

/// Both sets of embeddings through the transforms, which see the training set first, with rows of length 1.
struct Features {
  shoal::RowMatrix<double> train, test;
};

shoal::RowMatrix<double> of_length_one(shoal::ConstArray features) {
  shoal::RowMatrix<double> out = shoal::to_float64(features);
  for (Eigen::Index i = 0; i < out.rows(); ++i)
    if (const double length = out.row(i).norm(); length > 0) out.row(i) /= length;
  return out;
}

Features features_of(Context& context, shoal::Inputs& inputs, const at::Tensor& train, const at::Tensor& test) {
  shoal::Array learnt, judged;
  shoal::ConstArray from = shoal::view(train), to = shoal::view(test);
  for (Index i = 0; i < inputs.count("transforms"); ++i) {
    const auto transform = inputs.transform("transforms", i);
    shoal::SubContext own(context, shoal::text("transform {}", i), 0);
    transform->fit(own, from);
    shoal::Array next_learnt = transform->apply(own, from), next_judged = transform->apply(own, to);
    learnt = std::move(next_learnt), judged = std::move(next_judged);
    from = learnt.view(), to = judged.view();
  }
  return {of_length_one(from), of_length_one(to)};
}

/// As majority_vote(), with a weight for each neighbour.
std::vector<std::int64_t> weighted_vote(const Neighbors& neighbors, std::span<const std::int64_t> labels,
                                        double temperature) {
  std::vector<std::int64_t> out;
  std::vector<std::pair<std::int64_t, double>> votes;
  for (std::size_t first = 0; first < neighbors.points.size(); first += static_cast<std::size_t>(neighbors.k)) {
    votes.clear();
    for (std::size_t j = first; j < first + static_cast<std::size_t>(neighbors.k); ++j) {
      const std::int64_t label = labels[static_cast<std::size_t>(neighbors.points[j])];
      if (label < 0) continue;
      // ‖x − y‖² = 2 − 2 cos; the nearest one's weight is 1, so that no power overflows.
      const double farther = (neighbors.squared_distances[j] - neighbors.squared_distances[first]) / 2;
      const double weight = std::exp(-farther / temperature);
      const auto met = std::find_if(votes.begin(), votes.end(), [&](const auto& vote) { return vote.first == label; });
      if (met == votes.end()) votes.push_back({label, weight});
      else met->second += weight;
    }
    const auto most =
        std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    out.push_back(most == votes.end() ? -1 : most->first);
  }
  return out;
}

}  // namespace

void KnnProbe::run(Context& context, shoal::Inputs& inputs, shoal::Outputs& outputs) {
  const Examples train(context, *inputs.dataset("train"));
  const Examples test(context, *inputs.dataset("test"));
  shoal::require(test.shape() == train.shape(), "'test' holds examples of shape {}, but 'train' of {}",
                 shoal::to_string(test.shape()), shoal::to_string(train.shape()));
  const bool given = inputs.has("labels");
  shoal::require(given || train.labels().defined(), "'train' has no labels, and none are wired to 'labels'");
  shoal::require(given || test.labels().defined(), "'test' has no labels to be right about");
  const shoal::Array wired = given ? inputs.array("labels") : shoal::Array();
  const auto labels = (given ? wired.view() : shoal::view(train.labels())).vector<std::int64_t>();
  shoal::require(static_cast<Index>(labels.size()) == train.count(), "'train' has {} examples, but 'labels' are {}",
                 train.count(), labels.size());

  const at::Device device = inputs.device();
  const auto encoder = inputs.encoder("encoder", train.shape());
  const at::Tensor learnt = shoal::embed(context, *encoder, train, device);
  const at::Tensor judged = shoal::embed(context, *encoder, test, device);
  const Features features = features_of(context, inputs, learnt, judged);
  const Neighbors neighbors = shoal::kernels::nearest_neighbors(context, shoal::ConstArray(features.test),
                                                                shoal::ConstArray(features.train), params_.neighbors);
  const std::vector<std::int64_t> predicted = params_.temperature > 0
                                                  ? weighted_vote(neighbors, labels, params_.temperature)
                                                  : shoal::kernels::majority_vote(neighbors, labels);
  outputs.array("predicted", context.copy(predicted));
  if (given) return;
  const auto truth = shoal::view(test.labels()).vector<std::int64_t>();
  Index right = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) right += truth[i] == predicted[i] ? 1 : 0;
  outputs.number("accuracy", static_cast<double>(right) / static_cast<double>(truth.size()));
}
